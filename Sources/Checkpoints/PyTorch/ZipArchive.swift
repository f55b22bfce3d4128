// The directory of a zip archive as written by PyTorch: uncompressed entries, located without unpacking.

/// The entries of a zip archive.
///
/// The whole directory is checked: every entry lies before it, its local header agrees, and names are unique.
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3 (zip64).
struct ZipArchive {
    /// One file of the archive.
    struct Entry {
        /// Bytes of the whole archive that hold the entry.
        let range: Range<Int>
        /// As recorded; 0 if the writer was configured to omit checksums.
        let checksum: UInt32
        /// Compressed or encrypted entries are listed too, because the code in TorchScript archives is compressed.
        let isStored: Bool
    }

    private(set) var entries: [String: Entry] = [:]

    /// Whether a file starts like a non-empty archive.
    static func matches(_ file: UnsafeRawBufferPointer) -> Bool {
        file.starts(with: [0x50, 0x4B, 0x03, 0x04])
    }

    /// Reads the directory of `file`, the whole content of a file.
    init(_ file: UnsafeRawBufferPointer) throws(PyTorchFault) {
        let directory = try ZipDirectory(file)
        var cursor = ByteCursor(
            UnsafeRawBufferPointer(rebasing: file[..<directory.range.upperBound]),
            at: directory.range.lowerBound, what: "the archive's directory")
        for _ in 0..<directory.count {
            let (name, entry) = try ZipArchive.entry(&cursor, file, end: directory.range.lowerBound)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw PyTorchFault("the archive holds the entry \(name.shown) twice")
            }
        }
        guard cursor.remaining == 0 else {
            throw PyTorchFault("the archive's directory has \(cursor.remaining) bytes beyond its entries")
        }
    }

    // MARK: Helpers

    private static func entry(
        _ cursor: inout ByteCursor, _ file: UnsafeRawBufferPointer, end: Int
    ) throws(PyTorchFault) -> (String, Entry) {
        guard try cursor.integer(UInt32.self) == 0x0201_4B50 else {
            throw PyTorchFault("the archive's directory is damaged near byte \(cursor.offset)")
        }
        _ = try cursor.take(4)
        let flags = try cursor.integer(UInt16.self)
        let method = try cursor.integer(UInt16.self)
        _ = try cursor.take(4)
        let checksum = try cursor.integer(UInt32.self)
        var stored = UInt64(try cursor.integer(UInt32.self))
        var size = UInt64(try cursor.integer(UInt32.self))
        let nameLength = try cursor.integer(UInt16.self)
        let extraLength = try cursor.integer(UInt16.self)
        let commentLength = try cursor.integer(UInt16.self)
        _ = try cursor.take(8)
        var offset = UInt64(try cursor.integer(UInt32.self))
        let nameBytes = try cursor.take(UInt64(nameLength))
        let name = String(decoding: nameBytes, as: UTF8.self)
        let extra = try cursor.take(UInt64(extraLength))
        _ = try cursor.take(UInt64(commentLength))
        try widen(&size, &stored, &offset, from: extra)
        let isStored = method == 0 && flags & 1 == 0
        guard !isStored || stored == size else {
            throw PyTorchFault("the archive gives two sizes for the entry \(name.shown)")
        }
        let start = try dataStart(of: name, nameBytes, at: offset, file, end: end)
        guard stored <= UInt64(end - start) else {
            throw PyTorchFault(
                "the entry \(name.shown) claims \(stored) bytes and the archive has \(end - start) after its header"
            )
        }
        return (name, Entry(range: start..<start + Int(stored), checksum: checksum, isStored: isStored))
    }

    /// Replaces sizes that do not fit 32 bits by those in the zip64 extra field, in the field's order.
    private static func widen(
        _ size: inout UInt64, _ stored: inout UInt64, _ offset: inout UInt64,
        from extra: UnsafeRawBufferPointer
    ) throws(PyTorchFault) {
        let full = UInt64(UInt32.max)
        guard size == full || stored == full || offset == full else { return }
        var cursor = ByteCursor(extra, what: "an entry's extra field")
        while cursor.remaining >= 4 {
            let kind = try cursor.integer(UInt16.self)
            let field = try cursor.take(UInt64(try cursor.integer(UInt16.self)))
            guard kind == 1 else { continue }
            var wide = ByteCursor(field, what: "an entry's zip64 field")
            if size == full { size = try wide.integer() }
            if stored == full { stored = try wide.integer() }
            if offset == full { offset = try wide.integer() }
            return
        }
    }

    /// Start of an entry's bytes according to its local header, which must have the same name.
    private static func dataStart(
        of name: String, _ nameBytes: UnsafeRawBufferPointer, at offset: UInt64,
        _ file: UnsafeRawBufferPointer,
        end: Int
    ) throws(PyTorchFault) -> Int {
        guard offset <= UInt64(end) else {
            throw PyTorchFault("the entry \(name.shown) begins beyond the archive's data")
        }
        var header = ByteCursor(
            UnsafeRawBufferPointer(rebasing: file[..<end]), at: Int(offset), what: "the entry \(name.shown)")
        guard try header.integer(UInt32.self) == 0x0403_4B50 else {
            throw PyTorchFault("the entry \(name.shown) has no header where the directory says")
        }
        _ = try header.take(22)
        let nameLength = try header.integer(UInt16.self)
        let extraLength = try header.integer(UInt16.self)
        guard try header.take(UInt64(nameLength)).elementsEqual(nameBytes) else {
            throw PyTorchFault("the entry \(name.shown) has another name in its own header")
        }
        _ = try header.take(UInt64(extraLength))
        return header.offset
    }
}

/// Position of an archive's directory and its number of entries.
private struct ZipDirectory {
    let range: Range<Int>
    let count: Int

    /// Finds the end record, which is at the end of the file except for a comment of at most 65,535 bytes.
    init(_ file: UnsafeRawBufferPointer) throws(PyTorchFault) {
        let size = 22
        let missing = PyTorchFault(
            "the archive has no end record; the file is cut short, fetch or copy it again")
        guard file.count >= size else { throw missing }
        let earliest = max(0, file.count - size - 0xFFFF)
        var found: Int?
        for offset in stride(from: file.count - size, through: earliest, by: -1)
        where file.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian == 0x0605_4B50 {
            let comment = file.loadUnaligned(fromByteOffset: offset + 20, as: UInt16.self).littleEndian
            guard offset + size + Int(comment) == file.count else { continue }
            found = offset
            break
        }
        guard let end = found else { throw missing }
        var cursor = ByteCursor(file, at: end + 4, what: "the archive's end record")
        guard try cursor.integer(UInt32.self) == 0 else {
            throw PyTorchFault("the archive is one of several parts; join them first")
        }
        _ = try cursor.take(2)
        var count = UInt64(try cursor.integer(UInt16.self))
        var length = UInt64(try cursor.integer(UInt32.self))
        var start = UInt64(try cursor.integer(UInt32.self))
        let limit = try ZipDirectory.widen(&count, &length, &start, file, end: end) ?? end
        guard start <= UInt64(limit), length == UInt64(limit) - start else {
            throw PyTorchFault("the archive's directory does not end at its end record; the file is damaged")
        }
        // A directory entry has at least 46 bytes.
        guard count <= length / 46 else {
            throw PyTorchFault("the archive claims \(count) entries in a directory of \(length) bytes")
        }
        range = Int(start)..<limit
        self.count = Int(count)
    }

    /// Replaces values by those of the zip64 end record, if the archive has one.
    /// - Returns: the position of that record, where the directory ends.
    private static func widen(
        _ count: inout UInt64, _ length: inout UInt64, _ start: inout UInt64, _ file: UnsafeRawBufferPointer,
        end: Int
    ) throws(PyTorchFault) -> Int? {
        guard end >= 20,
            file.loadUnaligned(fromByteOffset: end - 20, as: UInt32.self).littleEndian == 0x0706_4B50
        else { return nil }
        var locator = ByteCursor(file, at: end - 12, what: "the archive's zip64 locator")
        let place = try locator.integer(UInt64.self)
        guard place <= UInt64(end - 20) else {
            throw PyTorchFault("the archive's zip64 end record lies beyond its locator")
        }
        var record = ByteCursor(file, at: Int(place), what: "the archive's zip64 end record")
        guard try record.integer(UInt32.self) == 0x0606_4B50 else {
            throw PyTorchFault("the archive has no zip64 end record where its locator says")
        }
        _ = try record.take(28)
        count = try record.integer()
        length = try record.integer()
        start = try record.integer()
        return Int(place)
    }
}
