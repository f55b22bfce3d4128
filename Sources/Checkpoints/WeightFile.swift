// Opening of weight files by their content, whatever their name.

import Files

/// Weight files of all supported formats.
public enum WeightFile {
    /// The usual extensions of such files.
    public static let endings = [".safetensors", ".pth", ".pt", ".ckpt", ".bin"]

    /// Whether a file name has one of the usual extensions.
    public static func hasEnding(_ name: String) -> Bool { endings.contains { name.hasSuffix($0) } }

    /// Opens a PyTorch or safetensors file; the first bytes determine which.
    /// - Throws: `CheckpointError` if it is neither, or violates its format.
    public static func open(_ path: String) throws -> any TensorFile {
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
