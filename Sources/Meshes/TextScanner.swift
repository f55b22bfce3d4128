// Scanning of words and numbers in a memory-mapped text file.

/// A read position in text, advanced line by line and word by word.
struct TextScanner {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    /// Number of the current line, from 1.
    private(set) var line = 0
    private var lineEnd: Int

    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
        lineEnd = offset
    }

    /// Moves to the start of the next line; false at the end of the text.
    mutating func nextLine() -> Bool {
        offset = lineEnd
        if line > 0, offset < bytes.count { offset += 1 }
        guard offset < bytes.count else { return false }
        lineEnd = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
        line += 1
        return true
    }

    /// The next word of the line, or nil at its end.
    mutating func word() -> Slice<UnsafeRawBufferPointer>? {
        while offset < lineEnd, TextScanner.isBlank(bytes[offset]) { offset += 1 }
        guard offset < lineEnd else { return nil }
        let start = offset
        while offset < lineEnd, !TextScanner.isBlank(bytes[offset]) { offset += 1 }
        return bytes[start..<offset]
    }

    /// The rest of the line without surrounding blanks.
    mutating func rest() -> String {
        while offset < lineEnd, TextScanner.isBlank(bytes[offset]) { offset += 1 }
        var end = lineEnd
        while end > offset, TextScanner.isBlank(bytes[end - 1]) { end -= 1 }
        defer { offset = lineEnd }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }

    /// The next word of the text, across lines.
    mutating func wordAcrossLines() -> Slice<UnsafeRawBufferPointer>? {
        while true {
            if let word = word() { return word }
            guard nextLine() else { return nil }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}

extension Slice<UnsafeRawBufferPointer> {
    /// The word as a finite number; otherwise nil.
    var finiteNumber: Float? {
        // More digits do not change the value.
        guard count <= 64, let value = Float(String(decoding: self, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
