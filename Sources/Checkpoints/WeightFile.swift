// Opening a weight file by what it holds, whatever it is called.

import Files

/// Files of weights, of any kind that is read.
public enum WeightFile {
    /// The endings that such files usually have.
    public static let endings = [".safetensors", ".pth", ".pt", ".ckpt", ".bin"]

    /// Whether a file name has one of the usual endings.
    public static func hasEnding(_ name: String) -> Bool { endings.contains { name.hasSuffix($0) } }

    /// Opens a file as PyTorch's or as safetensors, told by its first bytes.
    /// - Throws: `CheckpointError` when it is neither, or breaks the rules of what it is.
    public static func open(_ path: String) throws -> any TensorFile {
        let map: MappedFile
        do {
            map = try MappedFile(path: path)
        } catch {
            throw CheckpointError(error)
        }
        // The header of a safetensors file is JSON that follows a length of eight bytes.
        let isSafetensors = map.bytes.count > 8 && map.bytes[8] == UInt8(ascii: "{") && map.bytes[7] == 0
        let isArchive = ZipArchive.matches(map.bytes)
        if isSafetensors || (path.hasSuffix(".safetensors") && !isArchive) {
            return try SafetensorsFile(path: path)
        }
        return try PyTorchFile(path: path)
    }
}
