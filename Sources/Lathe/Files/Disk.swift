// Reads and writes whole files, with this library's errors.

import Files
import Foundation

/// File access with `LatheError`.
package enum Disk {
    /// Writes a file atomically.
    /// - Throws: `LatheError` (`badInput`) with the system's reason, for example a full disk.
    static func write(_ data: Data, to path: String) throws {
        try LatheError.asking(.badInput) { try writeFile([UInt8](data), to: path) }
    }

    package static func write(_ text: String, to path: String) throws {
        try LatheError.asking(.badInput) { try writeFile(text, to: path) }
    }

    /// Reads a whole file.
    /// - Throws: `LatheError` (`badInput`) with the system's reason.
    static func read(_ path: String) throws -> Data {
        try LatheError.asking(.badInput) {
            let file = try MappedFile(path: path)
            return Data(file.bytes)
        }
    }

    /// Reads a UTF-8 text file.
    /// - Throws: `LatheError` (`badInput`) if it cannot be read or is not UTF-8.
    package static func readText(_ path: String) throws -> String {
        guard let text = String(data: try read(path), encoding: .utf8) else {
            throw LatheError.badInput("\(path) is not UTF-8 text")
        }
        return text
    }

    /// Creates a folder and its parents.
    /// - Throws: `LatheError` (`badInput`) with the system's reason.
    package static func createFolder(_ path: String) throws { try inFolder(path) {} }

    /// Creates a folder and its parents for what `body` writes in it; an error leaves none of them empty.
    /// - Throws: what `body` throws, or `LatheError` (`badInput`) with the system's reason.
    package static func inFolder<R>(_ path: String, _ body: () throws -> R) throws -> R {
        let made: [String]
        do {
            made = try makeFolders(path)
        } catch {
            throw LatheError.badInput("the folder \(path) \(error.reason); choose another with \(.output)")
        }
        do {
            return try body()
        } catch {
            for folder in made.reversed() { rmdir(folder) }
            throw error
        }
    }
}
