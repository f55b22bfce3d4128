// What a record says about a model.

extension ModelSet {
    /// A part with the digests of its weights.
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
