// Temporary files and folders of processes that were killed while they wrote.

import Glibc
import Synchronization

/// Removes what killed writers left: `.name.PROCESS-NUMBER.tmp` of a process that is gone.
package enum StaleFiles {
    /// Folders that have been looked through; once is enough for a process.
    private static let seen = Mutex<Set<String>>([])

    static func clear(in folder: String) {
        guard seen.withLock({ $0.insert(folder).inserted }), let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        var stale: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let process = writer(of: name), kill(process, 0) != 0, errno == ESRCH { stale.append(name) }
        }
        for name in stale { removeTree("\(folder)/\(name)") }
    }

    /// The process that a temporary name holds; nil for any other name.
    package static func writer(of name: String) -> Int32? {
        guard name.hasPrefix("."), name.hasSuffix(".tmp") else { return nil }
        let stem = name.dropLast(4)
        guard let dot = stem.lastIndex(of: "."), dot != stem.startIndex else { return nil }
        let parts = stem[stem.index(after: dot)...].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let process = Int32(parts[0]), process > 1, UInt64(parts[1]) != nil else {
            return nil
        }
        return process
    }
}
