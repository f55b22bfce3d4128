// What a picture file says of its making, and the part of it that an edited copy keeps.

/// Exif data and resolution of a picture file.
public struct PictureMetadata: Sendable, Equatable {
    /// Pixels per metre of each side.
    public struct Resolution: Sendable, Equatable {
        public let horizontal: Double
        public let vertical: Double

        public init(horizontal: Double, vertical: Double) {
            (self.horizontal, self.vertical) = (horizontal, vertical)
        }
    }

    /// A TIFF block for a copy whose pixels are upright; empty if there is none.
    public let exif: [UInt8]
    /// Nil if the file gives none, or only a ratio of the sides of a pixel.
    public let resolution: Resolution?

    /// None.
    public static let none = PictureMetadata(exif: [], resolution: nil)

    package init(exif: [UInt8], resolution: Resolution?) {
        (self.exif, self.resolution) = (exif, resolution)
    }
}

/// A copy of the parts of Exif data that stay true of an edited picture.
///
/// Kept are the camera, lens, dates, exposure, author, place and resolution. Left out are the thumbnail, which shows the picture
/// before the edit, the maker's notes, whose offsets a copy breaks, and the stored size; the orientation becomes upright.
/// Source: TIFF 6.0, section 2; Exif 2.3, section 4.6.
struct ExifCopy {
    private let source: [UInt8]
    private let isLittle: Bool

    /// Pointers to further directories, with the entries that a copy leaves out of them.
    private static let directories: [UInt16: Set<UInt16>] = [
        // Exif: maker's notes, interoperability, sizes of the stored picture, place and shape of the subject in it.
        0x8769: [0x927C, 0xA005, 0xA002, 0xA003, 0x9214, 0xA214], 0x8825: [],
    ]
    /// Of the first directory: sizes and layout of stored pixels, and everything that points to other data.
    private static let leftOut: Set<UInt16> = [
        0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0111, 0x0115, 0x0116, 0x0117, 0x011C, 0x0142, 0x0143,
        0x0144, 0x0145,
        0x014A, 0x0201, 0x0202, 0x02BC, 0x8773, 0x83BB, 0x8649,
    ]
    private static let orientation: UInt16 = 0x0112
    /// Bytes of a value by the number of its type.
    private static let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
    private static let entryLimit = 1000

    /// The copy of a TIFF block; empty for one that is damaged or holds nothing to keep.
    static func bytes(of exif: [UInt8]) -> [UInt8] {
        guard exif.count >= 8, exif[0] == exif[1], exif[0] == 0x49 || exif[0] == 0x4D else { return [] }
        let copy = ExifCopy(source: exif, isLittle: exif[0] == 0x49)
        guard copy.number(at: 2, bytes: 2) == 42, let first = copy.number(at: 4, bytes: 4),
            var entries = copy.entries(at: first, but: leftOut), !entries.isEmpty
        else { return [] }
        entries.removeAll { $0.tag == orientation }
        guard !entries.isEmpty else { return [] }
        entries.append(Entry(tag: orientation, type: 3, count: 1, content: .value(copy.stored(1, bytes: 2))))
        var out = Array(exif.prefix(2)) + copy.stored(42, bytes: 2) + copy.stored(8, bytes: 4)
        copy.append(entries, to: &out)
        return out
    }

    // MARK: Reading

    private struct Entry {
        enum Content {
            case value([UInt8])
            case directory([Entry])
        }

        let tag: UInt16
        let type: UInt16
        let count: Int
        let content: Content
    }

    private func number(at offset: Int, bytes: Int) -> Int? {
        guard offset >= 0, offset <= source.count - bytes else { return nil }
        let part = source[offset..<offset + bytes]
        return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }

    /// The entries of a directory; nil if it is damaged.
    private func entries(at offset: Int, but omitted: Set<UInt16>) -> [Entry]? {
        guard let count = number(at: offset, bytes: 2), count <= ExifCopy.entryLimit else { return nil }
        var entries: [Entry] = []
        var seen: Set<UInt16> = []
        for index in 0..<count {
            let place = offset + 2 + 12 * index
            guard let tag = number(at: place, bytes: 2), let type = number(at: place + 2, bytes: 2),
                let length = number(at: place + 4, bytes: 4)
            else { return nil }
            let name = UInt16(tag)
            guard !omitted.contains(name), seen.insert(name).inserted else { continue }
            if let inner = ExifCopy.directories[name] {
                guard let start = number(at: place + 8, bytes: 4),
                    let found = self.entries(at: start, but: inner.union(ExifCopy.directories.keys)),
                    !found.isEmpty
                else { continue }
                entries.append(Entry(tag: name, type: 4, count: 1, content: .directory(found)))
                continue
            }
            guard ExifCopy.sizes.indices.contains(type), ExifCopy.sizes[type] > 0, length <= source.count
            else {
                continue
            }
            let bytes = length * ExifCopy.sizes[type]
            guard let start = bytes <= 4 ? place + 8 : number(at: place + 8, bytes: 4),
                start <= source.count - bytes
            else { continue }
            entries.append(
                Entry(
                    tag: name, type: UInt16(type), count: length,
                    content: .value(Array(source[start..<start + bytes]))))
        }
        return entries
    }

    // MARK: Writing

    private func stored(_ number: Int, bytes: Int) -> [UInt8] {
        let little = (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        return isLittle ? little : little.reversed()
    }

    /// Writes a directory, sorted by tag, and what it points to behind it.
    private func append(_ entries: [Entry], to out: inout [UInt8]) {
        let entries = entries.sorted { $0.tag < $1.tag }
        let start = out.count
        out += stored(entries.count, bytes: 2)
        out += [UInt8](repeating: 0, count: 12 * entries.count + 4)
        for (index, entry) in entries.enumerated() {
            var field = stored(Int(entry.tag), bytes: 2) + stored(Int(entry.type), bytes: 2)
            field += stored(entry.count, bytes: 4)
            switch entry.content {
            case .value(let bytes) where bytes.count <= 4:
                field += bytes + [UInt8](repeating: 0, count: 4 - bytes.count)
            case .value(let bytes):
                field += stored(out.count, bytes: 4)
                out += bytes + [UInt8](repeating: 0, count: bytes.count % 2)
            case .directory(let inner):
                field += stored(out.count, bytes: 4)
                append(inner, to: &out)
            }
            out.replaceSubrange(start + 2 + 12 * index..<start + 14 + 12 * index, with: field)
        }
    }
}
