// Where in a JSON text a fault lies, for messages.

package import Foundation

extension JSONFault {
    /// The reason with the line, counted from 1, and the byte in it.
    package func description(in text: UnsafeRawBufferPointer) -> String {
        let before = text.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return "\(reason) (line \(line), byte \(offset - start + 1))"
    }
}

/// Why a JSON text cannot be used, with the place, for messages.
package struct JSONReason {
    package let text: String

    /// Why decoding `data` failed: the line of a syntax error, or the key whose value is wrong.
    package init(_ error: any Error, in data: Data) {
        let syntax = data.withUnsafeBytes { bytes -> String? in
            var cursor = JSONCursor(bytes)
            do throws(JSONFault) {
                if cursor.peek() == nil { throw cursor.fault("the file is empty") }
                try cursor.skipValue()
                try cursor.expectEnd()
                return nil
            } catch {
                return error.description(in: bytes)
            }
        }
        text = syntax ?? (error as? DecodingError).map(JSONReason.text) ?? "\(error)"
    }

    /// What a decoder found, with the key's path.
    package static func text(of error: DecodingError) -> String {
        func key(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            let names = (path + (last.map { [$0] } ?? [])).map { key in
                key.intValue.map(String.init) ?? key.stringValue
            }
            return names.joined(separator: ".").quotedForMessage
        }
        return switch error {
        case .keyNotFound(let missing, let context): "the key \(key(context.codingPath, missing)) is missing"
        case .typeMismatch(let type, let context):
            context.codingPath.isEmpty
                ? "the file is not \(name(of: type))" : "\(key(context.codingPath)) is not \(name(of: type))"
        case .valueNotFound(let type, let context):
            "\(key(context.codingPath)) is null where \(name(of: type)) is needed"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? context.debugDescription : "\(key(context.codingPath)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is [String: Any].Type: "an object"
        case is any Collection.Type: "a list"
        default: "\(type)"
        }
    }
}
