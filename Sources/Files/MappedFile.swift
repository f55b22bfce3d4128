// A regular file mapped read-only into memory.

import Glibc

/// The bytes of a regular file, mapped while this object is alive.
///
/// If another program truncates the file meanwhile, the lost pages become unreadable, as with any mapping; the
/// writers here replace files by renaming, which leaves existing mappings intact.
package final class MappedFile: @unchecked Sendable {
    // Safe to share: the mapping is read-only and is removed when the last reference is released.
    package let path: String
    package let bytes: UnsafeRawBufferPointer

    /// Maps the file at `path`.
    /// - Throws: `FileError` when it is missing, unreadable or not a regular file.
    package init(path: String) throws(FileError) {
        self.path = path
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileError(path: path, reason: "cannot be opened: \(systemReason())")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError(path: path, reason: "cannot be examined: \(systemReason())")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
            throw FileError(path: path, reason: "is \(kind), and a file is needed")
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED
        else {
            throw FileError(path: path, reason: "cannot be mapped into memory: \(systemReason())")
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}

/// The system's message for the last failed call on this thread.
func systemReason() -> String {
    let code = errno
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text).lowercased()
}
