// Files that a mesh file names: found beside it or below, never elsewhere.

import Files
import Glibc

/// The search for a file that another one names.
enum NeighbourFile {
    /// The path of a named file, or nil if the name leads outside the folders or no such file is there.
    ///
    /// Back slashes count as slashes. An absolute path, as some exporters write it, stands for its last part.
    /// - Parameters:
    ///   - name: as the file writes it.
    ///   - folders: where it may lie, each ending in a slash or empty, the likeliest first.
    static func find(_ name: String, in folders: [String]) -> String? {
        let name = name.contains("/") || !name.contains("\\") ? name : name.replacing("\\", with: "/")
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, !last.isEmpty, !name.contains("\0"), !parts.contains("..") else {
            return nil
        }
        let isDrive = parts[0].count == 2 && parts[0].last == ":"
        let inside = name.hasPrefix("/") || isDrive ? String(last) : name
        return folders.lazy.map { $0 + inside }.first(where: isRegularFile)
    }

    /// Why a name was not found, for a remark.
    static func reason(_ name: String, _ what: String) -> String {
        let parts = name.split(whereSeparator: { $0 == "/" || $0 == "\\" })
        return parts.contains("..")
            ? "\(what) \(name.quotedForMessage) lies outside the mesh's folder and is not opened"
            : "\(what) \(name.quotedForMessage) is not found beside the mesh"
    }
}

private func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}
