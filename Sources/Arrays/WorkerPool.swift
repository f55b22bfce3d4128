// Threads that stand by for parallel loops.
import Dispatch
import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Threads that run one loop at a time together with the thread that asks.
///
/// Networks run hundreds of loops of some ten microseconds one after the other; waking a thread for each would take longer than that. A
/// worker therefore looks out for the next loop for a moment before it sleeps.
///
/// `@unchecked Sendable`: `body`, `chunks` and `workers` are written by the thread that holds `isBusy` while nobody is inside.
final class WorkerPool: @unchecked Sendable {
    static let shared = WorkerPool()

    /// Whether some thread is using the pool.
    private let isBusy = Atomic<Bool>(false)
    /// Whether workers may enter the present loop.
    private let isOpen = Atomic<Bool>(false)
    /// Counts loops.
    private let epoch = Atomic<Int>(0)
    /// Workers that may touch the present loop.
    private let inside = Atomic<Int>(0)
    /// Workers that may still join.
    private let seats = Atomic<Int>(0)
    /// The next chunk.
    private let next = Atomic<Int>(0)
    private var body: (@Sendable (Int) -> Void)?
    private var chunks = 0
    private var workers: [Worker] = []

    /// How often a worker looks for a loop before it sleeps: some 100 microseconds.
    private static let patience = 4000

    /// Calls `body` with every number below `chunks`, on the calling thread and at most `helpers` others.
    /// - Returns: false, having done nothing, where another thread is using the pool.
    func run(_ chunks: Int, helpers: Int, _ body: @escaping @Sendable (Int) -> Void) -> Bool {
        guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
        if workers.count < helpers {
            BLAS.prepare()
            while workers.count < helpers { workers.append(Worker(self)) }
        }
        (self.body, self.chunks) = (body, chunks)
        next.store(0, ordering: .relaxed)
        seats.store(helpers, ordering: .relaxed)
        isOpen.store(true, ordering: .sequentiallyConsistent)
        epoch.wrappingAdd(1, ordering: .sequentiallyConsistent)
        for worker in workers.prefix(helpers) { worker.wake() }
        work(body, chunks)
        // Either a worker sees that the loop is closed, or it is seen inside: both are sequentially consistent.
        isOpen.store(false, ordering: .sequentiallyConsistent)
        var looks = 0
        while inside.load(ordering: .sequentiallyConsistent) > 0 {
            looks += 1
            // A worker that lost its processor within a chunk gets this one.
            if looks > Self.patience { sched_yield() } else { SharedKernels.pause() }
        }
        self.body = nil
        isBusy.store(false, ordering: .releasing)
        return true
    }

    private func work(_ body: @Sendable (Int) -> Void, _ chunks: Int) {
        while true {
            let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard i < chunks else { return }
            body(i)
        }
    }

    /// A worker's part in the present loop, if that is open and has room.
    fileprivate func join() {
        inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if isOpen.load(ordering: .sequentiallyConsistent),
            seats.wrappingSubtract(1, ordering: .relaxed).oldValue > 0
        {
            help()
        }
        inside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }

    /// Apart from `join`, so that the body is let go of before the worker is outside: its owner ends it then.
    @inline(never) private func help() {
        if let body { work(body, chunks) }
    }

    /// Waits for the loop after number `seen`.
    fileprivate func nextLoop(after seen: Int, for worker: Worker) -> Int {
        for _ in 0..<Self.patience {
            let present = epoch.load(ordering: .acquiring)
            if present != seen { return present }
            SharedKernels.pause()
        }
        worker.sleep(if: { epoch.load(ordering: .sequentiallyConsistent) == seen })
        return epoch.load(ordering: .acquiring)
    }
}

/// One thread of the pool.
final class Worker: Sendable {
    private let isAsleep = Atomic<Bool>(false)
    private let bell = DispatchSemaphore(value: 0)

    init(_ pool: WorkerPool) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(pool: pool, worker: self)).toOpaque()
        let code = pthread_create(&thread, nil, runWorker, start)
        precondition(code == 0, "WorkerPool: no thread could be started (error \(code))")
        pthread_detach(thread)
    }

    func wake() {
        if isAsleep.load(ordering: .sequentiallyConsistent),
            isAsleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            bell.signal()
        }
    }

    /// Sleeps until woken, if `isNeeded` still holds once a waker would see it asleep.
    func sleep(if isNeeded: () -> Bool) {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        // Who finds the flag lowered already has been rung for.
        if isNeeded() || !isAsleep.exchange(false, ordering: .sequentiallyConsistent) { bell.wait() }
    }
}

/// What a new thread is told.
private final class Start: Sendable {
    let pool: WorkerPool
    let worker: Worker

    init(pool: WorkerPool, worker: Worker) {
        (self.pool, self.worker) = (pool, worker)
    }
}

/// A worker's life, which ends with the process.
private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    SharedKernels.threadIsWorker = true
    // Loops before this one have ended or are ending; joining one of those does no harm.
    var seen = -1
    while true {
        seen = start.pool.nextLoop(after: seen, for: start.worker)
        start.pool.join()
    }
}
