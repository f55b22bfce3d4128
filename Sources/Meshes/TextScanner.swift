// Scanning of words and numbers in a memory-mapped text file.

import Foundation

/// A position in text that moves forward line by line, word by word.
///
/// A byte order mark at the start is passed over. Lines end at a line feed, a carriage return, or both; in text that
/// `joinsLines`, a line whose last byte is a backslash goes on in the next.
struct TextScanner {
    private let bytes: UnsafeRawBufferPointer
    private let joinsLines: Bool
    private(set) var offset: Int
    /// Number of the current line, from 1; of lines that are joined, the first.
    private(set) var line = 0
    /// How many lines of the file the current one holds.
    private var span = 1
    private var lineEnd: Int

    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0, joinsLines: Bool = false) {
        self.bytes = bytes
        self.joinsLines = joinsLines
        let hasMark = offset == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
        self.offset = hasMark ? 3 : offset
        lineEnd = self.offset
    }

    /// Moves to the start of the next line; false at the end of the text.
    mutating func nextLine() -> Bool {
        offset = line > 0 ? start(after: lineEnd) : lineEnd
        guard offset < bytes.count else {
            lineEnd = offset
            return false
        }
        line += span
        span = 1
        lineEnd = end(from: offset)
        while joinsLines, lineEnd > offset, bytes[lineEnd - 1] == UInt8(ascii: "\\"), lineEnd < bytes.count {
            lineEnd = end(from: start(after: lineEnd))
            span += 1
        }
        return true
    }

    /// The first place that ends the line which holds `offset`.
    private func end(from offset: Int) -> Int {
        guard offset < bytes.count else { return bytes.count }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let feed = offset + (TextScanner.first(0x0A, in: rest) ?? rest.count)
        let before = UnsafeRawBufferPointer(rebasing: bytes[offset..<feed])
        return TextScanner.first(0x0D, in: before).map { offset + $0 } ?? feed
    }

    /// The place after the line end at `end`.
    private func start(after end: Int) -> Int {
        guard end < bytes.count else { return bytes.count }
        let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
        return end + (isPair ? 2 : 1)
    }

    private static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let place = memchr(base, Int32(byte), bytes.count) else {
            return nil
        }
        return UnsafeRawPointer(place) - base
    }

    /// Where the text after the current line starts.
    var nextLineOffset: Int { start(after: lineEnd) }

    /// The next word of the line, or nil at its end.
    mutating func word() -> Slice<UnsafeRawBufferPointer>? {
        while offset < lineEnd, isBlank(offset) { offset += 1 }
        guard offset < lineEnd else { return nil }
        let start = offset
        while offset < lineEnd, !isBlank(offset) { offset += 1 }
        return bytes[start..<offset]
    }

    /// The rest of the line without surrounding blanks.
    mutating func rest() -> String {
        while offset < lineEnd, isBlank(offset) { offset += 1 }
        var end = lineEnd
        while end > offset, isBlank(end - 1) { end -= 1 }
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

    /// A name without the comment behind it, which a blank and `#` begin.
    static func withoutComment(_ name: String) -> String {
        guard let mark = name.range(of: " #") ?? name.range(of: "\t#") else { return name }
        return name[..<mark.lowerBound].trimmingCharacters(in: .whitespaces)
    }

    private func isBlank(_ offset: Int) -> Bool {
        switch bytes[offset] {
        case 0x20, 0x09, 0x0A, 0x0D: true
        // The backslash that joins two lines.
        case UInt8(ascii: "\\"):
            joinsLines && offset + 1 < lineEnd && (bytes[offset + 1] == 0x0A || bytes[offset + 1] == 0x0D)
        default: false
        }
    }
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
