// Reading tensors from a memory-mapped safetensors file.

public import Arrays
import Files

/// A safetensors file, mapped into memory and checked whole when it is opened.
///
/// Opening reads the header only; the bytes of a tensor are touched when it is asked for.
public struct SafetensorsFile: Sendable {
    /// The file's path as given.
    public let path: String
    /// The file's own notes, `__metadata__`.
    public let metadata: [String: String]

    private let entries: [String: TensorEntry]
    private let map: MappedFile
    private let dataStart: Int

    /// Maps the file at `path` and checks its header.
    /// - Throws: `CheckpointError` when the file is missing, cut, or breaks any rule of the format.
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

    /// What the header says about a tensor; nil if there is none of that name.
    public func entry(_ name: String) -> TensorEntry? { entries[name] }

    /// The shape of a tensor.
    /// - Throws: `CheckpointError` if there is none of that name.
    public func shape(of name: String) throws -> [Int] { try require(name).shape }

    /// The tensor as float32.
    ///
    /// F64, F16, BF16 and F32 are converted, as are integers of at most 16 bits and BOOL,
    /// which float32 holds exactly; wider integers are read by `integers`.
    /// - Throws: `CheckpointError` for an unknown name or another element type.
    public func array(_ name: String) throws -> NDArray {
        let entry = try require(name)
        guard let convert = floatConversion(from: entry.type) else {
            throw CheckpointError(
                path: path,
                reason: "tensor \(name.shown) holds \(entry.type.rawValue), which is not read as numbers here"
            )
        }
        return withBytes(of: entry) { bytes in
            NDArray(shape: entry.shape) { buffer in convert(bytes, buffer) }
        }
    }

    /// The tensor as whole numbers, flattened row by row; for the integer types and BOOL.
    /// - Throws: `CheckpointError` for an unknown name, another element type, or values beyond 63 bits.
    public func integers(_ name: String) throws -> [Int] {
        let entry = try require(name)
        let values: [Int?]? = withBytes(of: entry) { bytes in
            switch entry.type {
            case .i64: read(bytes, Int64.self)
            case .i32: read(bytes, Int32.self)
            case .i16: read(bytes, Int16.self)
            case .i8: read(bytes, Int8.self)
            case .u64: read(bytes, UInt64.self)
            case .u32: read(bytes, UInt32.self)
            case .u16: read(bytes, UInt16.self)
            case .u8, .bool: read(bytes, UInt8.self)
            default: nil
            }
        }
        guard let values else {
            throw CheckpointError(
                path: path, reason: "tensor \(name.shown) holds \(entry.type.rawValue), not whole numbers")
        }
        return try values.map { value in
            guard let value else {
                throw CheckpointError(
                    path: path, reason: "tensor \(name.shown) holds a number beyond 63 bits")
            }
            return value
        }
    }

    /// Calls `body` with the tensor's bytes as stored, little-endian and perhaps unaligned.
    /// - Throws: `CheckpointError` for an unknown name or another element type than `type`.
    public func withBytes<R>(
        of name: String, as type: ElementType, _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        let entry = try require(name)
        guard entry.type == type else {
            throw CheckpointError(
                path: path,
                reason: "tensor \(name.shown) holds \(entry.type.rawValue) where \(type.rawValue) is expected"
            )
        }
        return try withBytes(of: entry, body)
    }

    // MARK: Helpers

    private func require(_ name: String) throws -> TensorEntry {
        guard let entry = entries[name] else {
            throw CheckpointError(path: path, reason: "there is no tensor \(name.shown) in this file")
        }
        return entry
    }

    private func withBytes<R>(of entry: TensorEntry, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows
        -> R
    {
        // The mapping lives at least as long as `map`, which the call keeps alive.
        try withExtendedLifetime(map) {
            let start = dataStart + entry.range.lowerBound
            return try body(UnsafeRawBufferPointer(rebasing: map.bytes[start..<start + entry.range.count]))
        }
    }

    private func read<T: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _: T.Type) -> [Int?] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<T>.size).map { offset in
            Int(exactly: T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self)))
        }
    }
}

extension String {
    /// The name of a tensor or key for a message.
    var shown: String { quotedForMessage }
}
