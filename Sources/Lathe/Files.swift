// Reading and writing files whole, with errors that name the file and the reason.

import Foundation

enum Files {
    /// Writes a file so that a reader sees either the old bytes or all of the new ones.
    /// - Throws: `LatheError` (`badInput`) with the system's reason, for example a full disk.
    static func write(_ data: Data, to path: String) throws {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("cannot write \(path)", errno) }
        var reason: Int32 = 0
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let base = bytes.baseAddress {
                let count = Foundation.write(descriptor, base + done, bytes.count - done)
                if count > 0 {
                    done += count
                } else if errno != EINTR {
                    reason = errno
                    return
                }
            }
        }
        if fsync(descriptor) != 0, reason == 0, errno != EINVAL, errno != ENOTSUP { reason = errno }
        if close(descriptor) != 0, reason == 0 { reason = errno }
        if reason == 0, rename(temporary, path) != 0 { reason = errno }
        guard reason == 0 else {
            unlink(temporary)
            throw failure("cannot write \(path)", reason)
        }
    }

    static func write(_ text: String, to path: String) throws {
        try write(Data(text.utf8), to: path)
    }

    /// Reads a whole file.
    /// - Throws: `LatheError` (`badInput`) with the system's reason.
    static func read(_ path: String) throws -> Data {
        guard isFile(path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw LatheError.badInput(
                isThere ? "\(path) is a folder; a file is needed" : "\(path) does not exist; check the path")
        }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw LatheError.badInput("cannot read \(path); check its permissions")
        }
    }

    static func readText(_ path: String) throws -> String {
        guard let text = String(data: try read(path), encoding: .utf8) else {
            throw LatheError.badInput("\(path) is not UTF-8 text")
        }
        return text
    }

    /// Creates a folder and those above it.
    static func createFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw LatheError.badInput("cannot create the folder \(path); choose another with -o")
        }
    }

    private static func failure(_ what: String, _ reason: Int32) -> LatheError {
        let cause = String(cString: strerror(reason))
        let remedy =
            switch reason {
            case ENOSPC, EDQUOT: "free some space or choose another place with -o"
            case EACCES, EPERM, EROFS: "choose a folder you may write to with -o"
            default: "check the path"
            }
        return LatheError.badInput("\(what): \(cause.lowercased()); \(remedy)")
    }
}
