// A part of a mapped file that is let go of when nobody reads it any more.

import Files
import Glibc

/// Bytes of a mapped file, which leave the program's memory when this object goes.
///
/// The system may keep the pages for the next reader; they count no longer as used by this program.
public final class MappedRegion: Sendable {
    private let file: MappedFile
    private let range: Range<Int>

    /// Fewer bytes than this are copied rather than borrowed.
    static let leastBorrowed = 1 << 20

    init(_ file: MappedFile, _ range: Range<Int>) {
        (self.file, self.range) = (file, range)
    }

    /// Valid while the region lives.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

    /// The bytes as float32; nil if they do not lie at a multiple of four.
    var floats: UnsafePointer<Float>? {
        guard let base = bytes.baseAddress, Int(bitPattern: base) % 4 == 0 else { return nil }
        return base.bindMemory(to: Float.self, capacity: range.count / 4)
    }

    deinit {
        guard range.count >= MappedRegion.leastBorrowed, let base = bytes.baseAddress else { return }
        // Whole pages only: what is shared with a neighbour stays.
        let page = Int(getpagesize())
        let start = (Int(bitPattern: base) + page - 1) / page * page
        let end = (Int(bitPattern: base) + range.count) / page * page
        guard start < end else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED)
    }
}
