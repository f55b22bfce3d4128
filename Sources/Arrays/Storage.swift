// Memory of arrays: aligned blocks from a bounded pool, given back on deinit.
import Synchronization

/// A block of floats, or a view of memory that another object keeps alive.
///
/// `@unchecked Sendable`: written only while uniquely referenced (copy on write in `NDArray`) or before it is shared.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let capacity: Int
    /// Keeps borrowed memory alive; nil for pooled blocks.
    private let owner: AnyObject?

    /// Uninitialised memory for `count` floats, 64-byte aligned.
    init(count: Int) {
        (pointer, capacity) = StoragePool.take(count)
        owner = nil
    }

    /// Read-only memory of `owner`.
    init(borrowing base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
        pointer = UnsafeMutablePointer(mutating: base)
        capacity = count
        self.owner = owner
    }

    /// Whether a unique reference may write.
    var isWritable: Bool { owner == nil }

    deinit {
        if owner == nil { StoragePool.give(pointer, capacity: capacity) }
    }
}

/// Free blocks by size class.
///
/// Fresh pages cost as much to touch as the arithmetic on them, so blocks are kept.
package enum StoragePool {
    private struct Block {
        let pointer: UnsafeMutablePointer<Float>
        let age: UInt64
    }

    private struct State: @unchecked Sendable {  // Guarded by the mutex; blocks have no other owner.
        var free: [Int: [Block]] = [:]
        var held = 0
        var limit = 256 << 20
        var clock: UInt64 = 0
    }

    private static let state = Mutex(State())
    /// Blocks below this go straight to the system allocator, which is good at them.
    private static let smallest = 4096
    /// A free block unused for so many later returns is let go.
    private static let patience: UInt64 = 4096

    /// Bytes of free blocks kept for reuse.
    package static var heldBytes: Int { state.withLock { $0.held } }

    /// Bounds the bytes of free blocks (256 MiB at first) and lets go of what is above.
    package static func setLimit(bytes: Int) {
        state.withLock {
            $0.limit = max(0, bytes)
            shrink(&$0, to: $0.limit)
        }
    }

    /// Lets go of every free block.
    package static func trim() {
        state.withLock { shrink(&$0, to: 0) }
    }

    static func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int) {
        let capacity = sizeClass(max(count, 16))
        if capacity >= smallest {
            let block: UnsafeMutablePointer<Float>? = state.withLock {
                guard let found = $0.free[capacity]?.popLast() else { return nil }
                $0.held -= capacity * 4
                return found.pointer
            }
            if let block { return (block, capacity) }
        }
        let raw = UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
        return (raw.bindMemory(to: Float.self, capacity: capacity), capacity)
    }

    static func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        guard capacity >= smallest else {
            pointer.deallocate()
            return
        }
        state.withLock {
            $0.clock += 1
            let bytes = capacity * 4
            guard bytes <= $0.limit else {
                pointer.deallocate()
                return
            }
            if $0.held + bytes > $0.limit { shrink(&$0, to: $0.limit - bytes) }
            $0.free[capacity, default: []].append(Block(pointer: pointer, age: $0.clock))
            $0.held += bytes
            if $0.clock % patience == 0 { dropStale(&$0) }
        }
    }

    /// Rounds up to four classes per power of two, so that at most a fifth of a block is unused.
    static func sizeClass(_ count: Int) -> Int {
        guard count > 64 else { return (count + 15) & ~15 }
        let step = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 3)
        return (count + step - 1) & ~(step - 1)
    }

    /// Frees the longest unused blocks until at most `bytes` are held.
    private static func shrink(_ state: inout State, to bytes: Int) {
        while state.held > bytes {
            let oldest = state.free.min { ($0.value.first?.age ?? .max) < ($1.value.first?.age ?? .max) }
            guard let capacity = oldest?.key, let block = state.free[capacity]?.first else { return }
            state.free[capacity]?.removeFirst()
            if state.free[capacity]?.isEmpty == true { state.free[capacity] = nil }
            block.pointer.deallocate()
            state.held -= capacity * 4
        }
    }

    private static func dropStale(_ state: inout State) {
        let horizon = state.clock - min(state.clock, patience)
        for (capacity, blocks) in state.free {
            let kept = blocks.filter { $0.age > horizon }
            guard kept.count < blocks.count else { continue }
            for block in blocks where block.age <= horizon { block.pointer.deallocate() }
            state.held -= (blocks.count - kept.count) * capacity * 4
            state.free[capacity] = kept.isEmpty ? nil : kept
        }
    }
}
