// Atomic file writing: to a temporary file in the same folder, flushed to disk, then renamed.

import Glibc
import Synchronization

/// A file being written under a temporary name in the folder of its final path.
///
/// `commit()` flushes and renames it; deinitialising it uncommitted (after an error) removes it, so that a full disk
/// or an interruption leaves neither a partial file nor a damaged old one.
package final class AtomicFile {
    private static let counter = Atomic<Int>(0)

    private let path: String
    private let target: String
    private let temporary: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private let capacity = 1 << 20

    /// Starts writing the file at `path`.
    /// - Throws: `FileError` when the folder is missing or not writable, or `path` is a folder or a device.
    package init(path: String) throws(FileError) {
        self.path = path
        var status = stat()
        var target = path
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
                throw FileError(path: path, reason: "cannot be written: it is \(kind)")
            }
            // Renaming over a symbolic link would replace the link instead of its target.
            if let resolved = realpath(path, nil) {
                target = String(cString: resolved)
                free(resolved)
            }
        }
        self.target = target
        let (folder, name) = AtomicFile.split(target)
        StaleFiles.clear(in: folder)
        let number = AtomicFile.counter.add(1, ordering: .relaxed).newValue
        // Keeps the temporary name within the system's length limit.
        temporary = "\(folder)/.\(name.utf8.count > 200 ? "long" : name).\(getpid())-\(number).tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw FileError(path: path, reason: "cannot be written: \(systemReason())")
        }
        buffer.reserveCapacity(capacity)
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if buffer.count + bytes.count <= capacity {
            buffer.append(contentsOf: bytes)
        } else {
            try flush()
            try send(bytes)
        }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        if buffer.count + bytes.count <= capacity {
            buffer.append(contentsOf: bytes)
            return
        }
        try flush()
        // `withUnsafeBytes` has no typed throws, so the error is returned as a value.
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(FileError) in try send(raw) }
        }
        try result.get()
    }

    /// Appends text as UTF-8.
    package func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

    /// Writes the buffer to the system, so that a full disk is detected before `commit()`.
    package func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        let result = buffer.withUnsafeBytes { raw in
            Result { () throws(FileError) in try send(raw) }
        }
        buffer.removeAll(keepingCapacity: true)
        try result.get()
    }

    /// Flushes to disk and renames the file to its final name.
    package func commit() throws(FileError) {
        try flush()
        guard fsync(descriptor) == 0 else { throw failure() }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(temporary, target) == 0 else {
            let reason = failure()
            unlink(temporary)
            throw reason
        }
        // The new directory entry must survive a power failure; a folder that cannot be synced is not an error.
        let folder = open(AtomicFile.split(target).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    // MARK: Helpers

    private func send(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
            let sent = Glibc.write(descriptor, start, min(rest.count, 1 << 30))
            if sent < 0 {
                if errno == EINTR { continue }
                throw failure()
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[sent...])
        }
    }

    private func failure() -> FileError {
        let remedy = errno == ENOSPC || errno == EDQUOT ? "; free some space or write elsewhere" : ""
        return FileError(path: path, reason: "cannot be written: \(systemReason())\(remedy)")
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}

/// Writes a whole file atomically.
/// - Throws: `FileError` if it cannot be written; no partial file remains.
package func writeFile(_ bytes: [UInt8], to path: String) throws(FileError) {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
}

/// Writes a whole text file as UTF-8, atomically.
package func writeFile(_ text: String, to path: String) throws(FileError) {
    try writeFile(Array(text.utf8), to: path)
}
