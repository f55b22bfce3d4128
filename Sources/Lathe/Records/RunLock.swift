// A lock on a run directory, which the system releases when its holder ends, however it ends.

import Foundation

/// The right to write in a run directory, held as long as this object lives.
package final class RunLock {
    private let path: String
    private let descriptor: Int32

    /// - Parameter folder: exists.
    /// - Throws: `LatheError` (`badInput`) if another process holds it, or the folder cannot be written.
    package init(_ folder: String) throws {
        path = RunLock.path(in: folder)
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                let reason = String(cString: strerror(errno)).lowercased()
                throw LatheError.badInput(
                    "\(folder) cannot be written: \(reason); choose another folder with -o")
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw RunLock.refusal(folder)
            }
            // The holder before may have removed the file between the two calls; then this lock is on nothing.
            var held = stat(), there = stat()
            if fstat(descriptor, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    /// Whether a process, perhaps this one, holds the lock of a folder.
    package static func isHeld(_ folder: String) -> Bool {
        let descriptor = open(path(in: folder), O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    static func refusal(_ folder: String) -> LatheError {
        .badInput(
            "\(folder) is being written by another lathe; wait for it, or choose another folder with -o")
    }

    private static func path(in folder: String) -> String { "\(folder)/.lock" }
}
