// The JSON format of records and results.

package import Foundation

/// JSON with sorted keys, indented, slashes unescaped.
package enum LatheJSON {
    /// Encodes a value, with a final newline; non-finite numbers become "inf", "-inf" and "nan".
    /// - Parameters:
    ///   - value: what is encoded.
    ///   - pretty: indented, or on one line.
    /// - Throws: `LatheError` (`badInput`) if the value cannot be encoded.
    /// - Returns: UTF-8 text.
    package static func encode(_ value: some Encodable, pretty: Bool = true) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty
            ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try encoder.encode(value) + Data("\n".utf8)
        } catch {
            throw LatheError.badInput("a result cannot be written as JSON: \(error)")
        }
    }
}
