// Thread pool for `parallelFor`.
import Dispatch
import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Threads that run parallel loops together with the threads that start them.
///
/// Several threads may run loops at the same time; a worker joins any loop that has chunks left and a free worker
/// slot. Networks run hundreds of loops of some ten microseconds in sequence, and waking a thread for each would take
/// longer than the loop, so a worker polls for the next loop for a while before it sleeps.
final class WorkerPool: Sendable {
    static let shared = WorkerPool()

    /// Maximum number of loops that share the workers; further ones run on their own thread only.
    private static let slotCount = 8
    /// Polls by a worker before it sleeps: about 100 microseconds.
    fileprivate static let spinLimit = 4000

    /// Unmanaged, because workers visit all slots between two short loops and would contend for reference counts.
    private let slots: [Unmanaged<LoopSlot>]
    /// Number of loops started.
    private let epoch = Atomic<Int>(0)
    private let workers = Mutex<[Worker]>([])

    private init() {
        slots = (0..<Self.slotCount).map { _ in Unmanaged.passRetained(LoopSlot()) }
    }

    /// Calls `body` with every number below `chunks`, on the calling thread and up to `helpers` workers.
    func run(_ chunks: Int, helpers: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard let slot = slots.first(where: { $0._withUnsafeGuaranteedRef { $0.claim() } }) else {
            for i in 0..<chunks { body(i) }
            return
        }
        let workers = workers(atLeast: helpers)
        slot._withUnsafeGuaranteedRef { slot in
            slot.open(chunks, seats: helpers, body)
            epoch.wrappingAdd(1, ordering: .sequentiallyConsistent)
            var wanted = helpers
            for worker in workers where wanted > 0 && !worker.isWorking {
                worker.wake()
                wanted -= 1
            }
            slot.finish()
        }
    }

    private func workers(atLeast count: Int) -> [Worker] {
        workers.withLock { workers in
            if workers.count < count {
                BLAS.prepare()
                while workers.count < count { workers.append(Worker(self)) }
            }
            return workers
        }
    }

    /// Runs chunks of open loops until none is left that this thread may take.
    fileprivate func help() {
        var isHelping = true
        while isHelping {
            isHelping = false
            for slot in slots where slot._withUnsafeGuaranteedRef({ $0.help() }) { isHelping = true }
        }
    }

    /// Waits for a loop after number `seen`.
    fileprivate func nextLoop(after seen: Int, for worker: Worker) -> Int {
        for _ in 0..<Self.spinLimit {
            let present = epoch.load(ordering: .acquiring)
            if present != seen { return present }
            SharedKernels.pause()
        }
        worker.sleep(if: { epoch.load(ordering: .sequentiallyConsistent) == seen })
        return epoch.load(ordering: .acquiring)
    }
}

/// State of one running loop, or a free slot.
///
/// `@unchecked Sendable`: `body` is written by the thread that claimed the slot, while the slot is closed and no
/// worker is in it.
private final class LoopSlot: @unchecked Sendable {
    private let isClaimed = Atomic<Bool>(false)
    /// Whether workers may join the loop.
    private let isOpen = Atomic<Bool>(false)
    /// Workers that may access the loop.
    private let inside = Atomic<Int>(0)
    /// Workers that may still join.
    private let seats = Atomic<Int>(0)
    /// The next chunk.
    private let next = Atomic<Int>(0)
    private let chunks = Atomic<Int>(0)
    private var body: (@Sendable (Int) -> Void)?

    /// Reserves the slot for a loop; false if it is in use.
    func claim() -> Bool {
        !isClaimed.load(ordering: .relaxed) && !isClaimed.exchange(true, ordering: .acquiring)
    }

    /// Admits workers.
    func open(_ chunks: Int, seats: Int, _ body: @escaping @Sendable (Int) -> Void) {
        self.body = body
        self.chunks.store(chunks, ordering: .relaxed)
        next.store(0, ordering: .relaxed)
        self.seats.store(seats, ordering: .relaxed)
        isOpen.store(true, ordering: .sequentiallyConsistent)
    }

    /// Runs chunks until none is left, waits for the workers, and releases the slot.
    func finish() {
        _ = work()
        // Either a worker sees that the loop is closed or it is counted in `inside`: both are sequentially
        // consistent.
        isOpen.store(false, ordering: .sequentiallyConsistent)
        var looks = 0
        while inside.load(ordering: .sequentiallyConsistent) > 0 {
            looks += 1
            // Yields to a worker that was preempted within a chunk.
            if looks > WorkerPool.spinLimit { sched_yield() } else { SharedKernels.pause() }
        }
        body = nil
        isClaimed.store(false, ordering: .releasing)
    }

    /// A worker's share of the loop; false if there was nothing to do.
    func help() -> Bool {
        guard isOpen.load(ordering: .relaxed), seats.load(ordering: .relaxed) > 0,
            next.load(ordering: .relaxed) < chunks.load(ordering: .relaxed)
        else { return false }
        inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
        var hasHelped = false
        if isOpen.load(ordering: .sequentiallyConsistent),
            seats.wrappingSubtract(1, ordering: .relaxed).oldValue > 0
        {
            hasHelped = work()
        }
        inside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        return hasHelped
    }

    /// Runs chunks until none is left; false if there was none.
    ///
    /// Not inlined, so that a worker releases its reference to the body before it leaves: afterwards the owner may
    /// destroy it.
    @inline(never) private func work() -> Bool {
        guard let body else { return false }
        let count = chunks.load(ordering: .relaxed)
        var done = 0
        while true {
            let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard i < count else { return done > 0 }
            body(i)
            done += 1
        }
    }
}

/// One thread of the pool.
final class Worker: Sendable {
    private let isAsleep = Atomic<Bool>(false)
    private let works = Atomic<Bool>(false)
    private let wakeUp = DispatchSemaphore(value: 0)

    init(_ pool: WorkerPool) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(pool: pool, worker: self)).toOpaque()
        let code = pthread_create(&thread, nil, runWorker, start)
        precondition(code == 0, "WorkerPool: no thread could be started (error \(code))")
        pthread_detach(thread)
    }

    /// Whether the worker is running or polling for loops rather than asleep.
    var isWorking: Bool { works.load(ordering: .relaxed) }

    func wake() {
        if isAsleep.load(ordering: .sequentiallyConsistent),
            isAsleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            wakeUp.signal()
        }
    }

    /// Sleeps until woken, unless `isNeeded` no longer holds once the worker is marked as asleep.
    func sleep(if isNeeded: () -> Bool) {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        // If already cleared, a wake-up was signalled.
        if isNeeded() || !isAsleep.exchange(false, ordering: .sequentiallyConsistent) { wakeUp.wait() }
    }

    /// Main function of the thread, which ends with the process.
    fileprivate func run(in pool: WorkerPool) {
        // Earlier loops have ended or are about to; trying to join one has no effect.
        var seen = -1
        while true {
            seen = pool.nextLoop(after: seen, for: self)
            works.store(true, ordering: .relaxed)
            pool.help()
            works.store(false, ordering: .relaxed)
        }
    }
}

/// Arguments of a new thread.
private final class Start: Sendable {
    let pool: WorkerPool
    let worker: Worker

    init(pool: WorkerPool, worker: Worker) {
        (self.pool, self.worker) = (pool, worker)
    }
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    SharedKernels.threadIsWorker = true
    start.worker.run(in: start.pool)
    return nil
}
