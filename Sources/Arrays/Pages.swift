// Large blocks allocated from the system in huge pages where available.
import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Allocator of large blocks in whole pages.
///
/// A first touch costs a page fault, which at 4 KiB per page takes as long as the arithmetic on the page. Pages are
/// therefore large, and free ones are kept: up to the peak of pages in use minus the present number, plus an eighth
/// of the peak for fragmentation.
enum Pages {
    /// Bytes of a large page.
    fileprivate static let large = 2 << 20
    /// Smaller blocks are left to the system allocator.
    static let smallest = 4 << 20
    /// Minimum number of free pages to keep.
    fileprivate static let least = (256 << 20) / large

    fileprivate struct State: @unchecked Sendable {  // Guarded by the mutex; pages have no other owner.
        /// Reserved addresses, aligned to a page; they take no memory until they are made accessible.
        let span: UnsafeMutableRawPointer
        var map: PageMap
        /// Number of pages, from the first on, that may be read and written.
        var opened = 0
        /// A limit on free pages set from outside, if any.
        var limit: Int?
        /// Number of blocks allocated so far.
        var blocks = 0

        /// Number of free pages that may be kept at present.
        var allowance: Int { limit ?? max(Pages.least, map.most + map.most / 8 - map.used) }
    }

    private static let state = Mutex(State.reserved())

    /// Bytes of free pages kept.
    static var heldBytes: Int { state.withLock { $0.map.warm * large } }

    /// Limits the bytes of free pages, or restores the default limit if nil, and returns the excess to the system.
    static func setLimit(bytes: Int?) {
        state.withLock {
            $0.limit = bytes.map { max(0, $0 / large) }
            $0.cool(to: $0.allowance)
        }
    }

    /// Returns all free pages to the system.
    static func trim() { state.withLock { $0.cool(to: 0) } }

    /// Memory for `byteCount` bytes, aligned to 64; nil if there is none left.
    static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        state.withLock { state in
            let count = pages(byteCount)
            guard let first = state.map.allocate(count), state.open(first + count) else { return nil }
            // Free pages kept for smaller blocks are returned to make space for larger ones.
            state.cool(to: state.allowance)
            state.blocks += 1
            return state.span + first * large + shift(state.blocks)
        }
    }

    /// Frees what `allocate` returned for the same count.
    static func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        state.withLock {
            $0.map.free($0.range(block, byteCount))
            $0.cool(to: $0.allowance)
        }
    }

    /// Stops counting a block as temporary; it must be freed by `drop` instead of `free`.
    static func untrack(_ byteCount: Int) { state.withLock { $0.map.untrack(pages(byteCount)) } }

    /// Returns a block of that kind to the system.
    static func drop(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        state.withLock {
            let range = $0.range(block, byteCount)
            $0.map.drop(range)
            $0.handBack(range)
        }
    }

    /// Offset of a block in its first page: with equal alignment, the beginnings of all blocks would map to one cache
    /// set.
    private static func shift(_ index: Int) -> Int { index % 61 * 17 * 64 }

    /// Pages for a block and its offset.
    fileprivate static func pages(_ byteCount: Int) -> Int { (byteCount + shift(60) + large - 1) / large }
}

extension Pages.State {
    /// Reserves addresses for twice the machine's memory, because of fragmentation; fewer where addresses are
    /// limited.
    fileprivate static func reserved() -> Self {
        let memory = max(sysconf(Int32(_SC_PHYS_PAGES)), 0) * max(sysconf(Int32(_SC_PAGESIZE)), 0)
        var size = max(2 * memory, 4 << 30)
        while size >= Pages.smallest {
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
            if let all = mmap(nil, size, PROT_NONE, flags, -1, 0), all != MAP_FAILED {
                let before = (Pages.large - Int(bitPattern: all) % Pages.large) % Pages.large
                return Self(span: all + before, map: PageMap(limit: (size - before) / Pages.large))
            }
            size /= 2
        }
        preconditionFailure("NDArray: no \(Pages.smallest) bytes of addresses left for arrays")
    }

    fileprivate func range(_ block: UnsafeMutableRawPointer, _ byteCount: Int) -> Range<Int> {
        let first = (block - span) / Pages.large
        return first..<first + Pages.pages(byteCount)
    }

    /// Makes the first `count` pages readable and writable; false if the system refuses.
    fileprivate mutating func open(_ count: Int) -> Bool {
        guard count > opened else { return true }
        let start = span + opened * Pages.large, size = (count - opened) * Pages.large
        guard mprotect(start, size, PROT_READ | PROT_WRITE) == 0 else { return false }
        _ = madvise(start, size, Int32(MADV_HUGEPAGE))
        opened = count
        return true
    }

    fileprivate mutating func cool(to count: Int) {
        for range in map.cool(to: count) { handBack(range) }
    }

    fileprivate func handBack(_ range: Range<Int>) {
        _ = madvise(span + range.lowerBound * Pages.large, range.count * Pages.large, Int32(MADV_DONTNEED))
    }
}
