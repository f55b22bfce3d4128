// Memory straight from the system, in large pages where it offers them.
import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Whole pages, for blocks that are large beside them.
///
/// A first touch costs a fault per page, which at 4 KiB costs as much as the arithmetic on the page. So pages are large, and those that
/// blocks gave back are kept: as many as were in use at one time beside those that are in use now, and an eighth of that for gaps
/// into which no block fitted.
enum Pages {
    /// Bytes of a large page.
    fileprivate static let large = 2 << 20
    /// Blocks of fewer bytes are better served by the allocator.
    static let smallest = 4 << 20
    /// Free pages that are kept in any case.
    fileprivate static let least = (256 << 20) / large

    fileprivate struct State: @unchecked Sendable {  // Guarded by the mutex; pages have no other owner.
        /// Addresses set aside, aligned to a page; they cost nothing until they are opened.
        let span: UnsafeMutableRawPointer
        var map: PageMap
        /// Pages from the first on that may be read and written.
        var opened = 0
        /// A bound on free pages set from outside, if any.
        var limit: Int?
        /// Blocks so far.
        var blocks = 0

        /// Free pages that may be kept now.
        var allowance: Int { limit ?? max(Pages.least, map.most + map.most / 8 - map.used) }
    }

    private static let state = Mutex(State.reserved())

    /// Bytes of free pages that are kept.
    static var heldBytes: Int { state.withLock { $0.map.warm * large } }

    /// Bounds the bytes of free pages, or leaves the bound to this type if nil, and lets go of what is above.
    static func setLimit(bytes: Int?) {
        state.withLock {
            $0.limit = bytes.map { max(0, $0 / large) }
            $0.cool(to: $0.allowance)
        }
    }

    /// Lets go of every free page.
    static func trim() { state.withLock { $0.cool(to: 0) } }

    /// Memory for `byteCount` bytes, aligned to 64; nil if there is none left.
    static func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        state.withLock { state in
            let count = pages(byteCount)
            guard let first = state.map.take(count), state.open(first + count) else { return nil }
            // What was kept for smaller blocks makes room for larger ones.
            state.cool(to: state.allowance)
            state.blocks += 1
            return state.span + first * large + shift(state.blocks)
        }
    }

    /// Takes back what `take` returned for the same count.
    static func give(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        state.withLock {
            $0.map.give($0.range(block, byteCount))
            $0.cool(to: $0.allowance)
        }
    }

    /// A block counts no longer as one that comes and goes; `drop` instead of `give` ends it.
    static func forget(_ byteCount: Int) { state.withLock { $0.map.forget(pages(byteCount)) } }

    /// Hands a forgotten block back to the system.
    static func drop(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        state.withLock {
            let range = $0.range(block, byteCount)
            $0.map.drop(range)
            $0.handBack(range)
        }
    }

    /// Where in its first page a block starts: were all blocks aligned alike, their beginnings would share one set of every cache.
    private static func shift(_ index: Int) -> Int { index % 61 * 17 * 64 }

    /// Pages for a block and its shift.
    fileprivate static func pages(_ byteCount: Int) -> Int { (byteCount + shift(60) + large - 1) / large }
}

extension Pages.State {
    /// Sets twice the machine's memory aside, for freed pages lie between used ones; less where addresses are limited.
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
