// SHA-256 of files, so that a run's record names exactly what went in.

import Files
import Foundation

/// Content digests.
public enum Digest {
    /// The SHA-256 of a file as 64 hexadecimal digits, read in pieces.
    /// - Throws: `LatheError` (`badInput`) if the file cannot be read.
    public static func sha256(ofFile path: String) throws -> String {
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

    /// The SHA-256 of files by path; of a folder, that of its weight files.
    static func sha256(ofFiles paths: [String]) throws -> [String: String] {
        var digests: [String: String] = [:]
        for path in paths {
            let files = isFolder(path) ? ModelSet.weightFiles(in: path).map { "\(path)/\($0)" } : [path]
            for file in files { digests[file] = try sha256(ofFile: file) }
        }
        return digests
    }

    /// The SHA-256 of bytes in memory.
    public static func sha256(of data: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        Array(data).withUnsafeBytes { hash.update($0) }
        return hash.hexadecimal()
    }
}
