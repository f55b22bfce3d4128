// A whole lift as one asynchronous call that ends, with its work kept, when its task is cancelled.

import Dispatch
import Synchronization

extension Lift {
    /// Runs all stages on a thread of its own.
    ///
    /// A cancelled task saves the work, as `stop()` does, and throws `CancellationError`; `init(resuming:)` goes on from there.
    /// - Parameters:
    ///   - make: Makes the lift, on the thread that runs it.
    ///   - progress: Called on that thread after every piece of work.
    /// - Returns: Where everything is, and how good it is.
    /// - Throws: `LatheError`, `CancellationError`.
    public static func run(
        _ make: @escaping @Sendable () throws -> Lift,
        progress: @escaping @Sendable (LiftState) -> Void = { _ in }
    ) async throws -> LiftResult {
        let isCancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(
                        with: Result {
                            let lift = try make()
                            while !isCancelled.value, let state = try lift.next() { progress(state) }
                            guard lift.isFinished else {
                                _ = try lift.stop()
                                throw CancellationError()
                            }
                            return try lift.result()
                        })
                }
            }
        } onCancel: {
            isCancelled.value = true
        }
    }
}

/// A flag that one thread sets and another reads.
private final class CancellationFlag: Sendable {
    private let state = Mutex(false)

    var value: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
