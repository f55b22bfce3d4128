// A strict streaming reader of JSON.
//
// Foundation's decoder keeps one of two equal keys, converts 2.0 to an integer, and parses a whole document into
// objects first, which takes many times the size of a malicious 100 MB header. A checkpoint's header must be read
// exactly as written, so it is scanned here; configurations pass the same scanner before Foundation decodes them.
// Vocabularies contain tokens that `String` considers equal (canonical equivalence), so keys can be read as bytes,
// including duplicates.

/// The position and reason of a JSON error.
package struct JSONFault: Error {
    package let offset: Int
    package let reason: String

    package init(offset: Int, reason: String) {
        (self.offset, self.reason) = (offset, reason)
    }
}

/// A read position in JSON text.
package struct JSONCursor {
    /// Maximum nesting, more than in any real file; deeper documents are rejected before the stack overflows.
    package static let depthLimit = 128

    private let bytes: UnsafeRawBufferPointer
    package private(set) var offset = 0

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    package func fault(_ reason: String) -> JSONFault { JSONFault(offset: offset, reason: reason) }

    /// The next byte that is not white space; nil at the end.
    package mutating func peek() -> UInt8? {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        return nil
    }

    /// Consumes `byte` if it comes next.
    package mutating func take(_ byte: Character) -> Bool {
        guard peek() == byte.asciiValue else { return false }
        offset += 1
        return true
    }

    /// Consumes `byte` or throws.
    package mutating func expect(_ byte: Character) throws(JSONFault) {
        guard take(byte) else {
            guard let found = peek() else { throw fault("the text ends where '\(byte)' is expected") }
            throw fault("\(JSONCursor.name(found)) where '\(byte)' is expected")
        }
    }

    package mutating func expectEnd() throws(JSONFault) {
        if peek() != nil { throw fault("text after the end of the document") }
    }

    /// Reads `{ "key": value, … }`, calling `member` with each key while the cursor is at its value.
    package mutating func object(
        _ member: (inout JSONCursor, String) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        var seen = Set<String>()
        try entries { (cursor) throws(JSONFault) in
            let start = cursor
            let key = try cursor.string()
            guard seen.insert(key).inserted else { throw start.fault("the key '\(key)' appears twice") }
            try cursor.expect(":")
            try member(&cursor, key)
        }
    }

    /// The same with keys as UTF-8 bytes, including duplicates.
    package mutating func members(
        _ member: (inout JSONCursor, [UInt8]) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try entries { (cursor) throws(JSONFault) in
            let key = try cursor.stringBytes()
            try cursor.expect(":")
            try member(&cursor, key)
        }
    }

    private mutating func entries(_ entry: (inout JSONCursor) throws(JSONFault) -> Void) throws(JSONFault) {
        try expect("{")
        if take("}") { return }
        repeat { try entry(&self) } while take(",")
        try expect("}")
    }

    /// Reads `[ value, … ]`, calling `element` at each value.
    package mutating func array(_ element: (inout JSONCursor) throws(JSONFault) -> Void) throws(JSONFault) {
        try expect("[")
        if take("]") { return }
        repeat { try element(&self) } while take(",")
        try expect("]")
    }

    /// Reads a string and its escapes.
    package mutating func string() throws(JSONFault) -> String {
        let (raw, isPlain) = try rawString()
        let text =
            isPlain
            ? String(validating: raw, as: UTF8.self) : String(validating: try unescaped(raw), as: UTF8.self)
        guard let text else { throw fault("a string is not UTF-8") }
        return text
    }

    /// Reads a string and its escapes as UTF-8 bytes, because Swift compares strings by canonical equivalence.
    package mutating func stringBytes() throws(JSONFault) -> [UInt8] {
        let (raw, isPlain) = try rawString()
        let bytes = isPlain ? Array(raw) : try unescaped(raw)
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fault("a string is not UTF-8") }
        return bytes
    }

    /// The bytes between the quotation marks, and whether none of them is an escape.
    private mutating func rawString() throws(JSONFault) -> (UnsafeRawBufferPointer, isPlain: Bool) {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a string is expected") }
        offset += 1
        let start = offset
        var isPlain = true
        while true {
            guard offset < bytes.count else { throw fault("the text ends inside a string") }
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw fault("a control character inside a string") }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                offset += 1
            }
            offset += 1
        }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
        offset += 1
        return (raw, isPlain)
    }

    /// Reads a non-negative integer of at most 63 bits; signs, fractions and exponents are rejected.
    package mutating func naturalNumber(_ what: String) throws(JSONFault) -> Int {
        guard let first = peek() else { throw fault("the text ends where \(what) is expected") }
        guard JSONCursor.isDigit(first) else {
            let shown = first == UInt8(ascii: "-") ? "a negative number" : JSONCursor.name(first)
            throw fault("\(shown) where \(what) is expected")
        }
        let start = offset
        var value = 0
        while offset < bytes.count, JSONCursor.isDigit(bytes[offset]) {
            let (shifted, overflow1) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = shifted.addingReportingOverflow(Int(bytes[offset] - UInt8(ascii: "0")))
            guard !overflow1, !overflow2 else { throw fault("a number too large for \(what)") }
            value = sum
            offset += 1
        }
        if first == UInt8(ascii: "0"), offset - start > 1 { throw fault("a number with a leading zero") }
        if offset < bytes.count, ".eE+-".utf8.contains(bytes[offset]) {
            throw fault("a fractional number where \(what) is expected")
        }
        return value
    }

    /// Skips any value, checking syntax, depth, duplicate keys, and that numbers are finite.
    package mutating func skipValue(depth: Int = 0) throws(JSONFault) {
        guard depth < JSONCursor.depthLimit else {
            throw fault("nesting deeper than \(JSONCursor.depthLimit)")
        }
        guard let first = peek() else { throw fault("the text ends where a value is expected") }
        switch first {
        case UInt8(ascii: "{"):
            try object { (cursor, _) throws(JSONFault) in try cursor.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { (cursor) throws(JSONFault) in try cursor.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            _ = try number()
        default:
            _ = try word(of: ["true", "false", "null"])
        }
    }

    /// Reads one of these words.
    package mutating func word(of words: [String]) throws(JSONFault) -> String {
        let next = peek()
        for word in words where matches(word) {
            offset += word.utf8.count
            return word
        }
        guard let next else { throw fault("the text ends where a value is expected") }
        throw fault("\(JSONCursor.name(next)) where a value is expected")
    }

    /// Reads a finite number.
    package mutating func number() throws(JSONFault) -> Double {
        guard let first = peek() else { throw fault("the text ends where a number is expected") }
        let start = offset
        if first == UInt8(ascii: "-") { offset += 1 }
        let integerStart = offset
        var digits = skipDigits()
        if digits > 1, bytes[integerStart] == UInt8(ascii: "0") {
            throw fault("a number with a leading zero")
        }
        if digits > 0, offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            digits = skipDigits()
        }
        if digits > 0, offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, "+-".utf8.contains(bytes[offset]) { offset += 1 }
            digits = skipDigits()
        }
        guard digits > 0 else { throw fault("a number without digits") }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw fault("the number \(text) is out of range")
        }
        return value
    }

    // MARK: Helpers

    private mutating func skipDigits() -> Int {
        let start = offset
        while offset < bytes.count, JSONCursor.isDigit(bytes[offset]) { offset += 1 }
        return offset - start
    }

    private func matches(_ word: String) -> Bool {
        let end = offset + word.utf8.count
        return end <= bytes.count && bytes[offset..<end].elementsEqual(word.utf8)
    }

    private func unescaped(_ raw: UnsafeRawBufferPointer) throws(JSONFault) -> [UInt8] {
        var units: [UInt8] = []
        units.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                units.append(raw[index])
                index += 1
                continue
            }
            index += 2
            switch raw[index - 1] {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case let same where "\"\\/".utf8.contains(same): units.append(same)
            case UInt8(ascii: "u"):
                units.append(contentsOf: try unicodeEscape(raw, &index))
            default: throw fault("an unknown escape in a string")
            }
        }
        return units
    }

    /// Decodes the four hexadecimal digits after `\u`, including the second half of a surrogate pair if required.
    private func unicodeEscape(
        _ raw: UnsafeRawBufferPointer, _ index: inout Int
    ) throws(JSONFault) -> [UInt8] {
        let first = try hexadecimal(raw, &index)
        var code = first
        if (0xD800..<0xDC00).contains(first) {
            guard index + 1 < raw.count, raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u")
            else {
                throw fault("half of a surrogate pair in a string")
            }
            index += 2
            let second = try hexadecimal(raw, &index)
            guard (0xDC00..<0xE000).contains(second) else {
                throw fault("half of a surrogate pair in a string")
            }
            code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair in a string") }
        return Array(String(Character(scalar)).utf8)
    }

    private func hexadecimal(_ raw: UnsafeRawBufferPointer, _ index: inout Int) throws(JSONFault) -> UInt32 {
        guard index + 4 <= raw.count else { throw fault("a cut escape in a string") }
        var value: UInt32 = 0
        for position in index..<index + 4 {
            guard let digit = Character(Unicode.Scalar(raw[position])).hexDigitValue else {
                throw fault("a bad escape in a string")
            }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func name(_ byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
}
