// Loading of model configuration files, with errors that name the file and the key.

import Files
import Foundation

/// A configuration that can validate its values.
///
/// `loadConfiguration` calls `check` after decoding, so sizes that would divide by zero, overflow or exhaust memory
/// are rejected before anything is allocated.
public protocol CheckedConfiguration: Decodable {
    /// Throws `ConfigurationProblem` for the first value that cannot be used.
    func check() throws
}

/// A value of a configuration that cannot be used.
public struct ConfigurationProblem: Error, Sendable {
    public let key: String
    public let reason: String

    public init(key: String, reason: String) {
        self.key = key
        self.reason = reason
    }

    /// Requires `value` to lie in `range`.
    public static func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ConfigurationProblem(
                key: key, reason: "is \(value); it must lie from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// Requires `divisor` to be above zero and to divide `value`.
    public static func require(_ key: String, _ divisor: Int, divides valueKey: String, _ value: Int) throws {
        guard divisor > 0, value % divisor == 0 else {
            throw ConfigurationProblem(
                key: key, reason: "is \(divisor) and must divide '\(valueKey)', which is \(value)")
        }
    }
}

/// Reads a configuration such as `config.json`.
///
/// The text must be strict JSON: one object, UTF-8, no key twice, no number beyond range, nesting of at most 128.
/// - Parameters:
///   - modelTypes: accepted values of `model_type`; empty if the file has no such key.
///   - infinityAsLargest: reads `Infinity` and `-Infinity`, which Python writes although JSON does not define them,
///     as the largest finite numbers.
/// - Throws: `CheckpointError` naming the file and the key.
public func loadConfiguration<T: Decodable>(
    _ type: T.Type, from path: String, modelTypes: Set<String> = [], infinityAsLargest: Bool = false
) throws -> T {
    let bytes = try configurationBytes(at: path, infinityAsLargest: infinityAsLargest)
    do {
        if !modelTypes.isEmpty { try checkModelType(bytes, among: modelTypes) }
        let value = try JSONDecoder().decode(type, from: bytes)
        if let checked = value as? any CheckedConfiguration { try checked.check() }
        return value
    } catch let problem as ConfigurationProblem {
        throw CheckpointError(path: path, reason: "'\(problem.key)' \(problem.reason)")
    } catch let error as DecodingError {
        throw CheckpointError(path: path, reason: JSONReason.text(of: error))
    } catch let error as CheckpointError {
        throw CheckpointError(path: path, reason: error.reason)
    }
}

// MARK: Helpers

/// Maximum size of a configuration; the largest published ones have some hundred kilobytes.
private let configurationLimit = 16 << 20

private func configurationBytes(at path: String, infinityAsLargest: Bool) throws -> Data {
    let map: MappedFile
    do {
        map = try MappedFile(path: path)
    } catch {
        throw CheckpointError(error)
    }
    guard !map.bytes.isEmpty else { throw CheckpointError(path: path, reason: "the file is empty") }
    guard map.bytes.count <= configurationLimit else {
        throw CheckpointError(
            path: path,
            reason: "the file has \(map.bytes.count) bytes; at most \(configurationLimit) are read")
    }
    let data = infinityAsLargest ? infinityReplaced(Data(map.bytes)) : Data(map.bytes)
    try data.withUnsafeBytes { try checkStrictJSON($0, path: path) }
    return data
}

private func checkStrictJSON(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    var cursor = JSONCursor(bytes)
    do throws(JSONFault) {
        guard cursor.peek() == UInt8(ascii: "{") else { throw cursor.fault("the file is not a JSON object") }
        try cursor.skipValue()
        try cursor.expectEnd()
    } catch {
        throw CheckpointError(path: path, reason: error.description(in: bytes))
    }
}

private struct ModelType: Decodable {
    let modelType: String

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
    }
}

private func checkModelType(_ bytes: Data, among known: Set<String>) throws {
    let found = try JSONDecoder().decode(ModelType.self, from: bytes).modelType
    guard known.contains(found) else {
        let fitting = known.sorted().map { "'\($0)'" }.joined(separator: " or ")
        throw ConfigurationProblem(key: "model_type", reason: "is \(found.shown); \(fitting) is needed here")
    }
}
