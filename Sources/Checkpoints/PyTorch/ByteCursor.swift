// A bounds-checked reader of little-endian bytes for PyTorch's files.

/// The reason why a PyTorch file cannot be used; callers add the file name.
struct PyTorchFault: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// A read position in a byte buffer; reads beyond the end throw.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    /// Description of the content, for messages.
    private let what: String

    /// - Precondition: `offset` lies in `bytes` or at their end.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0, what: String) {
        precondition((0...bytes.count).contains(offset), "offset \(offset) of \(bytes.count) bytes")
        self.bytes = bytes
        self.offset = offset
        self.what = what
    }

    var remaining: Int { bytes.count - offset }

    /// The next integer of type `T`.
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

    /// The bytes up to the next line feed, which is skipped.
    /// - Parameter limit: maximum length of the line in bytes.
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
