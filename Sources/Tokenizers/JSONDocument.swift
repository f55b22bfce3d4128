// A small JSON reader that keeps object keys as bytes, in order, duplicates included.
//
// Vocabularies hold tokens that Swift's `String` considers equal (canonical equivalence), which a decoder into
// `[String: Int]` silently merges; and a duplicated token must be reported, not overwritten.

/// One JSON value; strings are UTF-8 bytes.
enum JSONNode: Sendable {
    case object([(key: Bytes, value: JSONNode)])
    case array([JSONNode])
    case string(Bytes)
    case number(Double)
    case boolean(Bool)
    case null

    subscript(_ key: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        let wanted = Bytes(key.utf8)
        return members.last { $0.key == wanted }?.value
    }

    var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    var integer: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(exactly: value)
    }

    var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }
}

/// Reads a JSON file.
///
/// Throws `TokenizerError` naming the byte offset of a syntax error.
func readJSON(_ path: String) throws -> JSONNode {
    let bytes = try readFile(path)
    try requireUTF8(bytes, path: path)
    var reader = JSONReader(bytes: bytes, path: path)
    return try reader.document()
}

private struct JSONReader {
    let bytes: Bytes
    let path: String
    var position = 0

    mutating func document() throws -> JSONNode {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("text after the end of the JSON value") }
        return value
    }

    func failure(_ what: String) -> TokenizerError {
        TokenizerError(path, "not valid JSON at byte \(position): \(what)")
    }

    mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// Takes `byte` if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) throws -> JSONNode {
        guard depth < 64 else { throw failure("nested too deeply") }
        skipSpace()
        guard position < bytes.count else { throw failure("the file ends early") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func word(_ text: String, _ node: JSONNode) throws -> JSONNode {
        guard bytes[position...].starts(with: text.utf8) else { throw failure("unknown word") }
        position += text.utf8.count
        return node
    }

    mutating func object(depth: Int) throws -> JSONNode {
        position += 1
        var members: [(key: Bytes, value: JSONNode)] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw failure("expected a key")
            }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
            members.append((key, try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    mutating func array(depth: Int) throws -> JSONNode {
        position += 1
        var elements: [JSONNode] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("expected ',' or ']'") }
        return .array(elements)
    }

    mutating func number() throws -> JSONNode {
        let start = position
        while position < bytes.count, "+-0123456789.eE".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text) else {
            position = start
            throw failure("expected a value")
        }
        return .number(value)
    }

    mutating func string() throws -> Bytes {
        position += 1
        var result: Bytes = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return result
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0..<0x20: throw failure("a control character inside a string")
            default: result.append(byte)
            }
        }
        throw failure("a string without end")
    }

    mutating func escape(into result: inout Bytes) throws {
        guard position < bytes.count else { throw failure("a string without end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "u"): result.append(contentsOf: String(try escapedScalar()).utf8)
        default: throw failure("unknown escape")
        }
    }

    mutating func escapedScalar() throws -> Unicode.Scalar {
        let first = try hexadecimal()
        guard (0xD800..<0xDC00).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw failure("half of a surrogate pair") }
            return scalar
        }
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw failure("half of a surrogate pair") }
        position += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw failure("half of a surrogate pair") }
        return scalar
    }

    mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return value
    }
}
