// A part of a mapped file whose pages are released when it is no longer used.

import Files
import Glibc

/// Bytes of a mapped file; deinitialising this object releases their pages.
///
/// The system may keep the pages in its cache; they no longer count towards this process' memory.
public final class MappedRegion: Sendable {
    private let file: MappedFile
    private let range: Range<Int>

    /// Smaller tensors are copied instead of borrowed.
    static let leastBorrowed = 1 << 20

    init(_ file: MappedFile, _ range: Range<Int>) {
        (self.file, self.range) = (file, range)
    }

    /// Valid while the region is alive.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

    /// The bytes as float32; nil if they are not aligned to four bytes.
    var floats: UnsafePointer<Float>? {
        guard let base = bytes.baseAddress, Int(bitPattern: base) % 4 == 0 else { return nil }
        return base.bindMemory(to: Float.self, capacity: range.count / 4)
    }

    deinit {
        guard range.count >= MappedRegion.leastBorrowed, let base = bytes.baseAddress else { return }
        // Whole pages only: pages shared with a neighbour are kept.
        let page = Int(getpagesize())
        let start = (Int(bitPattern: base) + page - 1) / page * page
        let end = (Int(bitPattern: base) + range.count) / page * page
        guard start < end else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED)
    }
}
