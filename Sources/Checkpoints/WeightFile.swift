// Opening of weight files by their content, whatever their name.

import Files

/// Weight files of all supported formats.
public enum WeightFile {
    /// The usual extensions of such files.
    public static let endings = [".safetensors", ".pth", ".pt", ".ckpt", ".bin"]

    /// Whether a file name has one of the usual extensions.
    public static func hasEnding(_ name: String) -> Bool { endings.contains { name.hasSuffix($0) } }

    /// Opens a PyTorch or safetensors file; the first bytes determine which.
    ///
    /// A prefix of a training wrapper (`module.`, `_orig_mod.`) that all names have is left out of them.
    /// - Throws: `CheckpointError` if it is neither, or violates its format.
    public static func open(_ path: String) throws -> any TensorFile {
        let file = try openAsNamed(path)
        let prefix = WrapperPrefix.common(to: file.names)
        return prefix.isEmpty ? file : UnwrappedFile(file: file, prefix: prefix)
    }

    /// The prefix of a training wrapper that was left out of every name of a file; empty if there was none.
    package static func strippedPrefix(of file: any TensorFile) -> String {
        (file as? PyTorchFile)?.strippedPrefix ?? (file as? UnwrappedFile)?.prefix ?? ""
    }

    /// The same with the names that a safetensors file has.
    static func openAsNamed(_ path: String) throws -> any TensorFile {
        let map: MappedFile
        do {
            map = try MappedFile(path: path)
        } catch {
            throw CheckpointError(error)
        }
        // A safetensors file starts with a length of eight bytes and a JSON header.
        let isSafetensors = map.bytes.count > 8 && map.bytes[8] == UInt8(ascii: "{") && map.bytes[7] == 0
        let isArchive = ZipArchive.matches(map.bytes)
        if isSafetensors || (path.hasSuffix(".safetensors") && !isArchive) {
            return try SafetensorsFile(path: path)
        }
        return try PyTorchFile(path: path)
    }
}
