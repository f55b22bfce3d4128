// Reading tensors from a memory-mapped safetensors file.

import Files

/// A memory-mapped safetensors file, whose header is fully checked when it is opened.
///
/// Opening reads the header only; the bytes of a tensor are read on request.
public struct SafetensorsFile: TensorFile {
    /// The file's path as given.
    public let path: String
    /// The file's metadata, `__metadata__`.
    public let metadata: [String: String]

    private let entries: [String: TensorEntry]
    private let map: MappedFile
    private let dataStart: Int

    /// Maps the file at `path` and checks its header.
    /// - Throws: `CheckpointError` if the file is missing, truncated, or violates the format.
    public init(path: String) throws {
        do {
            map = try MappedFile(path: path)
        } catch {
            throw CheckpointError(error)
        }
        do {
            let header = try SafetensorsHeader(map.bytes)
            entries = header.entries
            metadata = header.metadata
            dataStart = header.dataStart
        } catch {
            let place = error.offset > 0 ? " (header byte \(error.offset))" : ""
            throw CheckpointError(path: path, reason: error.reason + place)
        }
        self.path = path
    }

    /// Names of all tensors, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// The header's entry of a tensor; nil if there is none of that name.
    public func entry(_ name: String) -> TensorEntry? { entries[name] }

    public func info(_ name: String) -> TensorInfo? {
        entries[name].map { TensorInfo(type: $0.type, shape: $0.shape) }
    }

    /// Calls `body` with the tensor's bytes as stored, little-endian, possibly unaligned.
    /// - Throws: `CheckpointError` for an unknown name.
    public func withBytes<R>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        guard let entry = entries[name] else {
            throw CheckpointError(path: path, reason: "there is no tensor \(name.shown) in this file")
        }
        // The mapping lives at least as long as `map`, which this call keeps alive.
        return try withExtendedLifetime(map) {
            try body(UnsafeRawBufferPointer(rebasing: map.bytes[place(of: entry)]))
        }
    }

    public func region(of name: String) throws -> MappedRegion? {
        entries[name].map { MappedRegion(map, place(of: $0)) }
    }

    private func place(of entry: TensorEntry) -> Range<Int> {
        let start = dataStart + entry.range.lowerBound
        return start..<start + entry.range.count
    }
}

extension String {
    /// The name of a tensor or key for a message.
    var shown: String { quotedForMessage }
}
