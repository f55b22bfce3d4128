// Folders of results: written beside their place or hidden in it, and moved when they are complete.

import Glibc
import Synchronization

private let folderCounter = Atomic<Int>(0)

/// Calls `write` with an empty folder, and moves what it then holds to `path`.
///
/// Missing parents of `path` are made. An error, of `write` or of the system, leaves `path` as it was before. A folder
/// that exists keeps its other files; files of the same names are replaced once all new ones are written.
/// - Throws: what `write` throws, or `FileError` if a folder cannot be made or a file cannot be moved.
package func writeFolder<R>(_ path: String, _ write: (String) throws -> R) throws -> R {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard !path.isEmpty else { throw FileError(path: path, reason: "is no name of a folder") }
    let exists = isDirectory(path)
    guard exists || access(path, F_OK) != 0 else {
        throw FileError(path: path, reason: "cannot be written as a folder: a file has that name")
    }
    let (parent, name) = parts(path)
    let made = exists ? [] : try makeFolders(parent)
    // In a folder that exists: it may be on another disk than its parent, and its parent may be read-only.
    let place = exists ? path : parent
    StaleFiles.clear(in: place)
    let number = folderCounter.add(1, ordering: .relaxed).newValue
    let stem = name.utf8.count > 200 || name == "." || name == "/" ? "long" : name
    let temporary = "\(place)/.\(stem).\(getpid())-\(number).tmp"
    do {
        guard mkdir(temporary, 0o777) == 0 else {
            throw FileError(path: path, reason: "cannot be written: \(systemReason())")
        }
        defer { removeTree(temporary) }
        let result = try write(temporary)
        if exists {
            try move(contentsOf: temporary, into: path)
        } else if rename(temporary, path) != 0 {
            throw FileError(path: path, reason: "cannot be written: \(systemReason())")
        }
        return result
    } catch {
        for folder in made.reversed() { rmdir(folder) }
        throw error
    }
}

/// Makes a folder and its missing parents.
/// - Throws: `FileError` with the system's reason; no folder remains of those made.
/// - Returns: the folders made, outermost first.
@discardableResult
package func makeFolders(_ path: String) throws(FileError) -> [String] {
    var missing: [String] = []
    var rest = path
    while !rest.isEmpty, !isDirectory(rest) {
        missing.append(rest)
        let parent = parts(rest).folder
        guard parent != rest else { break }
        rest = parent
    }
    var made: [String] = []
    for folder in missing.reversed() {
        // Another process may make the same folder.
        if mkdir(folder, 0o777) == 0 {
            made.append(folder)
        } else if errno != EEXIST || !isDirectory(folder) {
            let reason = systemReason()
            for folder in made.reversed() { rmdir(folder) }
            throw FileError(path: path, reason: "cannot be made: \(reason)")
        }
    }
    return made
}

/// Removes a file, or a folder with everything in it; does what it can.
func removeTree(_ path: String) {
    if unlink(path) == 0 || errno == ENOENT { return }
    for name in names(in: path) { removeTree("\(path)/\(name)") }
    rmdir(path)
}

/// Moves everything in one folder into another of the same disk; folders of the same name are merged.
private func move(contentsOf source: String, into target: String) throws(FileError) {
    for name in names(in: source).sorted() {
        let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
        if isDirectory(from), isDirectory(to) {
            try move(contentsOf: from, into: to)
        } else if rename(from, to) != 0 {
            throw FileError(path: to, reason: "cannot be written: \(systemReason())")
        }
    }
}

private func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

private func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

private func parts(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
}
