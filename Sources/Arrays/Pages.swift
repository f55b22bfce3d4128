// Memory straight from the system, in large pages where it offers them.
import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Whole pages, for blocks that are large beside them.
///
/// A first touch costs a fault per page, which at 4 KiB costs as much as the arithmetic on the page; and what is given back
/// leaves the process at once, where the allocator would keep it between blocks that live on.
enum Pages {
    /// Bytes of a large page.
    private static let large = 2 << 20
    /// Blocks of fewer bytes are better served by the allocator.
    static let smallest = 4 << 20

    /// Blocks so far, for `shift`.
    private static let count = Atomic<Int>(0)

    /// Where in its first pages a block starts: were all blocks aligned alike, their beginnings would share one set of every cache.
    private static var shift: Int { count.wrappingAdd(1, ordering: .relaxed).oldValue % 61 * 17 * 64 }

    /// Memory for `byteCount` bytes, aligned to 64 and zeroed when first touched; nil if there is none left.
    static func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        let size = rounded(byteCount)
        let all = mmap(nil, size + large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let all, all != MAP_FAILED else { return nil }
        // What is before and after the aligned part goes back.
        let before = (large - Int(bitPattern: all) % large) % large
        if before > 0 { munmap(all, before) }
        let start = all + before
        if before < large { munmap(start + size, large - before) }
        _ = madvise(start, size, Int32(MADV_HUGEPAGE))
        return start + shift
    }

    /// Gives back what `take` returned for the same count.
    static func give(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        munmap(block - Int(bitPattern: block) % large, rounded(byteCount))
    }

    /// Room for the block and its shift, in whole pages.
    private static func rounded(_ byteCount: Int) -> Int {
        (byteCount + 61 * 17 * 64 + large - 1) / large * large
    }
}
