// How this library writes JSON.

public import Foundation

/// The one way this library writes JSON: sorted keys, readable, slashes as they are.
public enum LatheJSON {
    public static func encode(_ value: some Encodable, pretty: Bool = true) throws -> Data {
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
