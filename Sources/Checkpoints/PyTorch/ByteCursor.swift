// A bounds-checked reader of little-endian bytes, shared by the parsers of PyTorch's files.

/// Why a PyTorch file cannot be used; the file's name is added where it is known.
struct PyTorchFault: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// A position in bytes that moves forward as they are read; no read leaves them.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    /// What is being read, for messages.
    private let what: String

    /// - Precondition: `offset` lies in `bytes` or at their end.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0, what: String) {
        precondition((0...bytes.count).contains(offset), "offset \(offset) of \(bytes.count) bytes")
        self.bytes = bytes
        self.offset = offset
        self.what = what
    }

    var remaining: Int { bytes.count - offset }

    /// The next whole number of `T`'s width.
    mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(PyTorchFault) -> T {
        let size = MemoryLayout<T>.size
        guard size <= remaining else { throw cut() }
        defer { offset += size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The next `count` bytes.
    mutating func take(_ count: UInt64) throws(PyTorchFault) -> UnsafeRawBufferPointer {
        guard count <= UInt64(remaining) else {
            throw PyTorchFault(
                "\(what) asks for \(count) bytes at byte \(offset) and \(remaining) are left; "
                    + "it is cut short or damaged")
        }
        defer { offset += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
    }

    /// The bytes up to the next line feed, which is passed over.
    /// - Parameter limit: most bytes of a line.
    mutating func line(limit: Int) throws(PyTorchFault) -> String {
        let reach = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + min(limit, remaining)])
        guard let length = reach.firstIndex(of: 0x0A) else {
            guard remaining > limit else { throw cut() }
            throw PyTorchFault("\(what) has a line of more than \(limit) bytes at byte \(offset)")
        }
        defer { offset += length + 1 }
        return String(decoding: reach[..<length], as: UTF8.self)
    }

    private func cut() -> PyTorchFault {
        PyTorchFault("\(what) ends at byte \(bytes.count), within something; it is cut short or damaged")
    }
}
