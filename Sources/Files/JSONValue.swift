// A JSON document in memory, with keys as bytes, in order, duplicates included.

/// One JSON value; strings are UTF-8 bytes.
package enum JSONValue: Sendable {
    case object([(key: [UInt8], value: JSONValue)])
    case array([JSONValue])
    case string([UInt8])
    case number(Double)
    case boolean(Bool)
    case null

    /// Reads a whole document.
    package init(_ text: UnsafeRawBufferPointer) throws(JSONFault) {
        var cursor = JSONCursor(text)
        self = try JSONValue(&cursor, depth: 0)
        try cursor.expectEnd()
    }

    private init(_ cursor: inout JSONCursor, depth: Int) throws(JSONFault) {
        guard depth < JSONCursor.depthLimit else {
            throw cursor.fault("nesting deeper than \(JSONCursor.depthLimit)")
        }
        switch cursor.peek() ?? 0 {
        case UInt8(ascii: "{"):
            var members: [(key: [UInt8], value: JSONValue)] = []
            try cursor.members { (cursor, key) throws(JSONFault) in
                members.append((key, try JSONValue(&cursor, depth: depth + 1)))
            }
            self = .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try cursor.array { (cursor) throws(JSONFault) in
                elements.append(try JSONValue(&cursor, depth: depth + 1))
            }
            self = .array(elements)
        case UInt8(ascii: "\""): self = .string(try cursor.stringBytes())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number(try cursor.number())
        default:
            switch try cursor.word(of: ["true", "false", "null"]) {
            case "true": self = .boolean(true)
            case "false": self = .boolean(false)
            default: self = .null
            }
        }
    }

    /// The member of that name, the last if there are several.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let wanted = Array(key.utf8)
        return members.last { $0.key == wanted }?.value
    }

    package var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    package var integer: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(exactly: value)
    }

    package var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }
}
