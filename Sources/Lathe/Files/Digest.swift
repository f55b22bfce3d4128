// SHA-256 digests of files, for records.

import Files
import Foundation

/// Content digests.
package enum Digest {
    /// The SHA-256 of a file, 64 hexadecimal digits.
    /// - Parameter path: the file, which is read in chunks.
    /// - Throws: `LatheError` (`badInput`) if the file cannot be read.
    /// - Returns: the digest.
    package static func sha256(ofFile path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw LatheError.badInput("cannot read \(path); check the path and its permissions")
        }
        defer { try? handle.close() }
        var hash = SHA256()
        do {
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                piece.withUnsafeBytes { hash.update($0) }
            }
        } catch {
            throw LatheError.badInput("cannot read \(path) to its end")
        }
        return hash.hexadecimal()
    }

    /// Digests by path; a folder stands for the weight files in it.
    static func sha256(ofFiles paths: [String]) throws -> [String: String] {
        var digests: [String: String] = [:]
        for path in paths {
            let files = isFolder(path) ? ModelSet.weightFiles(in: path).map { "\(path)/\($0)" } : [path]
            for file in files { digests[file] = try sha256(ofFile: file) }
        }
        return digests
    }

    /// The SHA-256 of bytes in memory, 64 hexadecimal digits.
    package static func sha256(of data: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        Array(data).withUnsafeBytes { hash.update($0) }
        return hash.hexadecimal()
    }
}
