// Reading of whole tokenizer files, with common limits and checks.

import Files
import Foundation

/// Tokens are compared as UTF-8 bytes: Swift's `String` equality would merge canonically equivalent entries.
package typealias Bytes = [UInt8]

/// Maximum size of a tokenizer file in bytes; the published ones are below 10 MB.
let fileByteLimit = 256 << 20

func fileExists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
}

/// The bytes of a file.
///
/// Throws `TokenizerError` if it is missing, unreadable or too large.
func readFile(_ path: String) throws(TokenizerError) -> Bytes {
    let file: MappedFile
    do {
        file = try MappedFile(path: path)
    } catch {
        throw TokenizerError(error.path, error.reason)
    }
    guard file.bytes.count <= fileByteLimit else {
        throw TokenizerError(path, "\(file.bytes.count) bytes is too large for a tokenizer file")
    }
    return Bytes(file.bytes)
}

/// Reads a JSON file.
/// - Throws: `TokenizerError` naming the byte offset of a syntax error.
func readJSON(_ path: String) throws -> JSONValue {
    let bytes = try readFile(path)
    try requireUTF8(bytes, path: path)
    do {
        return try bytes.withUnsafeBytes { try JSONValue($0) }
    } catch let fault as JSONFault {
        throw TokenizerError(path, "not valid JSON at byte \(fault.offset): \(fault.reason)")
    }
}

/// Splits into lines at `\n`, `\r\n` or `\r`; a final line break adds no empty line.
func lines(of bytes: Bytes) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var start = 0
    var position = 0
    while position < bytes.count {
        let byte = bytes[position]
        if byte == 0x0A || byte == 0x0D {
            result.append(bytes[start..<position])
            if byte == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { position += 1 }
            start = position + 1
        }
        position += 1
    }
    if start < bytes.count { result.append(bytes[start...]) }
    return result
}

/// Throws unless `bytes` are well-formed UTF-8, naming the offset of the first invalid line.
func requireUTF8(_ bytes: Bytes, path: String) throws {
    if String(validating: bytes, as: UTF8.self) != nil { return }
    for (number, line) in lines(of: bytes).enumerated() where String(validating: line, as: UTF8.self) == nil {
        throw TokenizerError(path, "line \(number + 1) is not UTF-8; save the file as UTF-8")
    }
    throw TokenizerError(path, "is not UTF-8; save the file as UTF-8")
}
