// The record of a model that a run used.

extension ModelSet {
    /// A part with the SHA-256 of its weight files.
    /// - Throws: `LatheError` (`modelUnusable`) if a file cannot be read.
    func record(of part: Part) throws -> RunRecord.Model {
        let folder = try weightFolder(of: part)
        var digests: [String: String] = [:]
        for file in try weightFiles(of: part) {
            digests[file] = try LatheError.asking(.modelUnusable) {
                try Digest.sha256(ofFile: "\(folder)/\(file)")
            }
        }
        return RunRecord.Model(part: part.rawValue, folder: try location(of: part), sha256: digests)
    }
}
