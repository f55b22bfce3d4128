// Number of threads, and `parallelFor`.
import Dispatch
import Synchronization

/// Maximum number of threads of one array operation.
///
/// Operations that several threads start at the same time share the pool: each has its own thread and the workers
/// that are free.
public enum Threads {
    private static let stored = Atomic<Int>(0)

    /// The current limit; by default the number of online processors.
    public static var limit: Int {
        let n = stored.load(ordering: .relaxed)
        return n > 0 ? n : processors
    }

    /// Sets the limit for the whole process; results do not depend on it.
    /// - Parameter n: at least 1.
    public static func setLimit(_ n: Int) {
        precondition(n >= 1, "Threads.setLimit: \(n) is not a number of threads")
        stored.store(n, ordering: .relaxed)
    }

    private static let processors = max(1, SharedKernels.processors)
}

/// Runs `body` over `0..<count` in fixed chunks, in parallel.
///
/// The chunks do not depend on the number of threads, so that a loop that reduces per chunk is reproducible. A loop
/// inside another parallel loop, or one of a single chunk, runs on the calling thread.
/// - Parameters:
///   - count: number of indices; 0 does nothing.
///   - chunk: indices per call of `body`, at least 1; the last call may get fewer.
package func parallelFor(_ count: Int, chunk: Int, _ body: @Sendable (Range<Int>) -> Void) {
    precondition(chunk >= 1, "parallelFor: chunk \(chunk) must be positive")
    guard count > 0 else { return }
    let chunks = (count + chunk - 1) / chunk
    let workers = min(chunks, Threads.limit)
    guard workers > 1, !SharedKernels.threadIsWorker else {
        for i in 0..<chunks { body(i * chunk..<min(count, (i + 1) * chunk)) }
        return
    }
    SharedKernels.threadIsWorker = true
    defer { SharedKernels.threadIsWorker = false }
    withoutActuallyEscaping(body) { body in
        let one = { @Sendable (i: Int) in body(i * chunk..<min(count, (i + 1) * chunk)) }
        WorkerPool.shared.run(chunks, helpers: workers - 1, one)
    }
}
