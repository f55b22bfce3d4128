// A strict reader of JSON text, byte by byte.
//
// Foundation's decoder keeps one of two equal keys, turns 2.0 into an integer, and parses a whole document into
// objects first, which a hostile 100 MB header makes many times larger. A checkpoint's header must be read exactly
// as written, so it is scanned here; configurations pass the same scanner before Foundation decodes them.

/// Where and why JSON text is not acceptable.
struct JSONFault: Error {
    let offset: Int
    let reason: String
}

/// A position in JSON text that moves forward as values are read.
struct JSONCursor {
    /// Nesting deeper than any real file has; a document beyond it is refused before the stack is at risk.
    static let depthLimit = 128

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    func fault(_ reason: String) -> JSONFault { JSONFault(offset: offset, reason: reason) }

    /// The next byte that is not white space, or nil at the end.
    mutating func peek() -> UInt8? {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        return nil
    }

    /// Takes `byte` if it comes next.
    mutating func take(_ byte: Character) -> Bool {
        guard peek() == byte.asciiValue else { return false }
        offset += 1
        return true
    }

    /// Takes `byte` or fails.
    mutating func expect(_ byte: Character) throws(JSONFault) {
        guard take(byte) else {
            guard let found = peek() else { throw fault("the text ends where '\(byte)' is expected") }
            throw fault("\(JSONCursor.name(found)) where '\(byte)' is expected")
        }
    }

    mutating func expectEnd() throws(JSONFault) {
        if peek() != nil { throw fault("text after the end of the document") }
    }

    /// Reads `{ "key": value, … }`, calling `member` with each key, the cursor being at its value.
    mutating func object(
        _ member: (inout JSONCursor, String) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try expect("{")
        if take("}") { return }
        var seen = Set<String>()
        repeat {
            let start = self
            let key = try string()
            guard seen.insert(key).inserted else { throw start.fault("the key '\(key)' appears twice") }
            try expect(":")
            try member(&self, key)
        } while take(",")
        try expect("}")
    }

    /// Reads `[ value, … ]`, calling `element` at each value.
    mutating func array(_ element: (inout JSONCursor) throws(JSONFault) -> Void) throws(JSONFault) {
        try expect("[")
        if take("]") { return }
        repeat { try element(&self) } while take(",")
        try expect("]")
    }

    /// Reads a string and its escapes.
    mutating func string() throws(JSONFault) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a string is expected") }
        offset += 1
        let start = offset
        var plain = true
        while true {
            guard offset < bytes.count else { throw fault("the text ends inside a string") }
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw fault("a control character inside a string") }
            if byte == UInt8(ascii: "\\") {
                plain = false
                offset += 1
            }
            offset += 1
        }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
        offset += 1
        if plain {
            guard let text = String(validating: raw, as: UTF8.self) else {
                throw fault("a string is not UTF-8")
            }
            return text
        }
        return try unescaped(raw)
    }

    /// Reads a whole number of at most 63 bits; signs, fractions and exponents are refused.
    mutating func naturalNumber(_ what: String) throws(JSONFault) -> Int {
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

    /// Reads any value and forgets it, checking syntax, depth, repeated keys, and that numbers are finite.
    mutating func skipValue(depth: Int = 0) throws(JSONFault) {
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
            try skipNumber()
        default:
            for word in ["true", "false", "null"] where matches(word) {
                offset += word.utf8.count
                return
            }
            throw fault("\(JSONCursor.name(first)) where a value is expected")
        }
    }

    // MARK: Helpers

    private mutating func skipNumber() throws(JSONFault) {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
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
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while offset < bytes.count, JSONCursor.isDigit(bytes[offset]) { offset += 1 }
        return offset - start
    }

    private func matches(_ word: String) -> Bool {
        let end = offset + word.utf8.count
        return end <= bytes.count && bytes[offset..<end].elementsEqual(word.utf8)
    }

    private func unescaped(_ raw: UnsafeRawBufferPointer) throws(JSONFault) -> String {
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
        guard let text = String(validating: units, as: UTF8.self) else {
            throw fault("a string is not UTF-8")
        }
        return text
    }

    /// Decodes the four hexadecimal digits after `\u`, with the second half of a surrogate pair where one is due.
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
