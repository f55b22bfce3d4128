// Memory of arrays: aligned blocks from a bounded pool, returned on deinit.
import Synchronization

/// A block of floats, or a view of memory that another object keeps alive.
///
/// `@unchecked Sendable`: written only while uniquely referenced (copy on write in `NDArray`) or before it is shared.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let capacity: Int
    /// Keeps borrowed memory alive; nil for own blocks.
    private let owner: AnyObject?
    private var isPooled: Bool

    /// Uninitialised memory for `count` floats, 64-byte aligned.
    init(count: Int) {
        (pointer, capacity) = StoragePool.allocate(count)
        owner = nil
        isPooled = true
    }

    /// Read-only memory of `owner`.
    init(borrowing base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
        pointer = UnsafeMutablePointer(mutating: base)
        capacity = count
        self.owner = owner
        isPooled = false
    }

    /// Whether the holder of a unique reference may write.
    var isWritable: Bool { owner == nil }

    /// Removes the block from the pool's accounting; it will be returned to the system directly.
    ///
    /// For weights, which live long and are followed by blocks of other sizes. To be called before the storage is
    /// shared.
    func leavePool() {
        guard isPooled else { return }
        isPooled = false
        StoragePool.untrack(capacity: capacity)
    }

    deinit {
        guard owner == nil else { return }
        if isPooled {
            StoragePool.free(pointer, capacity: capacity)
        } else {
            StoragePool.drop(pointer, capacity: capacity)
        }
    }
}

/// Free blocks by size class; large blocks are pages.
///
/// Touching new memory takes as long as the arithmetic on it, so blocks are kept: small ones up to the peak of bytes
/// in use minus the present number, or up to a small limit if that is more; `Pages` has its own limit.
package enum StoragePool {
    private struct Block {
        let pointer: UnsafeMutablePointer<Float>
        let age: UInt64
    }

    private struct State: @unchecked Sendable {  // Guarded by the mutex; blocks have no other owner.
        var free: [Int: [Block]] = [:]
        var held = 0
        var used = 0
        /// Peak of bytes in use.
        var most = 0
        /// A limit set from outside, if any.
        var limit: Int?
        var clock: UInt64 = 0

        /// Bytes that may be kept at present.
        var allowance: Int { limit ?? max(StoragePool.least, most - used) }
    }

    private static let state = Mutex(State())
    /// Minimum bytes of small free blocks to keep.
    private static let least = 64 << 20
    /// Smaller blocks are left to the system allocator.
    private static let smallest = 4096
    /// A free block is released after this many returns of others without being reused.
    private static let idleLimit: UInt64 = 4096

    /// Bytes kept for reuse.
    package static var heldBytes: Int { state.withLock { $0.held } + Pages.heldBytes }

    /// Limits the bytes kept, half for small and half for large blocks, or restores the default limit if nil, and
    /// releases the excess.
    package static func setLimit(bytes: Int?) {
        let half = bytes.map { max(0, $0 / 2) }
        Pages.setLimit(bytes: half)
        state.withLock {
            $0.limit = half
            shrink(&$0, to: $0.allowance)
        }
    }

    /// Releases all free blocks.
    package static func trim() {
        Pages.trim()
        state.withLock { shrink(&$0, to: 0) }
    }

    private static func isLarge(_ capacity: Int) -> Bool { capacity * 4 >= Pages.smallest }

    static func allocate(_ count: Int) -> (UnsafeMutablePointer<Float>, Int) {
        let capacity = sizeClass(max(count, 16)), bytes = capacity * 4
        if isLarge(capacity) {
            guard let pages = Pages.allocate(bytes) else {
                preconditionFailure("NDArray: no memory for \(count) numbers, \(bytes) bytes")
            }
            return (pages.bindMemory(to: Float.self, capacity: capacity), capacity)
        }
        if capacity >= smallest {
            let found: UnsafeMutablePointer<Float>? = state.withLock {
                let found = $0.free[capacity]?.popLast()
                $0.used += bytes
                $0.most = max($0.most, $0.used)
                if found != nil { $0.held -= bytes } else { shrink(&$0, to: $0.allowance) }
                return found?.pointer
            }
            if let found { return (found, capacity) }
        }
        return (.allocate(capacity: capacity, alignment: 64), capacity)
    }

    static func free(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        if isLarge(capacity) { return Pages.free(pointer, capacity * 4) }
        guard capacity >= smallest else { return pointer.deallocate() }
        state.withLock {
            $0.clock += 1
            let bytes = capacity * 4
            $0.used -= bytes
            guard bytes <= $0.allowance else { return pointer.deallocate() }
            if $0.held + bytes > $0.allowance { shrink(&$0, to: $0.allowance - bytes) }
            $0.free[capacity, default: []].append(Block(pointer: pointer, age: $0.clock))
            $0.held += bytes
            if $0.clock % idleLimit == 0 { dropStale(&$0) }
        }
    }

    /// Stops counting a block in use; it must be freed by `drop` instead of `free`.
    static func untrack(capacity: Int) {
        if isLarge(capacity) {
            Pages.untrack(capacity * 4)
        } else if capacity >= smallest {
            state.withLock { $0.used -= capacity * 4 }
        }
    }

    /// Returns a block of that kind to the system.
    static func drop(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        if isLarge(capacity) { Pages.drop(pointer, capacity * 4) } else { pointer.deallocate() }
    }

    /// Rounds up to four classes per power of two, so that at most a fifth of a block is unused; large blocks have no
    /// classes.
    static func sizeClass(_ count: Int) -> Int {
        guard count > 64, !isLarge(count) else { return (count + 15) & ~15 }
        let step = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 3)
        return (count + step - 1) & ~(step - 1)
    }

    /// Releases the least recently used free blocks until at most `bytes` are kept.
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
        let horizon = state.clock - min(state.clock, idleLimit)
        for (capacity, blocks) in state.free {
            let kept = blocks.filter { $0.age > horizon }
            guard kept.count < blocks.count else { continue }
            for block in blocks where block.age <= horizon { block.pointer.deallocate() }
            state.held -= (blocks.count - kept.count) * capacity * 4
            state.free[capacity] = kept.isEmpty ? nil : kept
        }
    }
}

extension UnsafeMutablePointer<Float> {
    fileprivate static func allocate(capacity: Int, alignment: Int) -> Self {
        UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: alignment)
            .bindMemory(to: Float.self, capacity: capacity)
    }
}
