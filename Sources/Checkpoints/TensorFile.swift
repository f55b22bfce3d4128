// The common interface of weight files: named tensors with types and shapes.

public import Arrays

/// A tensor's element type and shape.
public struct TensorInfo: Sendable, Equatable {
    public let type: ElementType
    public let shape: [Int]

    public init(type: ElementType, shape: [Int]) {
        (self.type, self.shape) = (type, shape)
    }

    /// Bytes of the tensor's elements.
    public var byteCount: Int { shape.contains(0) ? 0 : shape.reduce(type.size, *) }
}

/// A file of named tensors.
public protocol TensorFile: Sendable {
    /// The file's path as given.
    var path: String { get }
    /// Names of all tensors, sorted.
    var names: [String] { get }
    /// The file's metadata, such as safetensors' `__metadata__`.
    var metadata: [String: String] { get }
    /// The type and shape of a tensor; nil if there is none of that name.
    func info(_ name: String) -> TensorInfo?
    /// Calls `body` with the tensor's elements in row-major order, little-endian, possibly unaligned.
    /// - Throws: `CheckpointError` for an unknown name or damaged bytes.
    func withBytes<R>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R
    /// The tensor's elements in the mapped file; nil for an unknown name, or if they are not contiguous there.
    /// - Throws: `CheckpointError` for damaged bytes.
    func region(of name: String) throws -> MappedRegion?
}

extension TensorFile {
    /// Most formats have no metadata.
    public var metadata: [String: String] { [:] }

    /// The tensor as float32.
    ///
    /// F64, F16, BF16 and F32 are converted, as are BOOL and integers of at most 16 bits, which float32 represents
    /// exactly; wider integers are read by `integers`.
    /// - Throws: `CheckpointError` for an unknown name, another element type, or damaged bytes.
    public func array(_ name: String) throws -> NDArray {
        let info = try require(name)
        let convert = try conversion(of: name, info)
        guard let region = try region(of: name) else {
            return try withBytes(of: name) { bytes in
                NDArray(shape: info.shape) { buffer in convert(bytes, buffer) }
            }
        }
        // Small tensors are copied, so that the model does not keep the file mapped for them.
        if info.type == .f32, info.byteCount >= MappedRegion.leastBorrowed, let base = region.floats {
            return NDArray(borrowing: base, shape: info.shape, owner: region)
        }
        return NDArray(shape: info.shape) { buffer in convert(region.bytes, buffer) }
    }

    /// Checks that `array` reads the tensor's element type.
    /// - Throws: `CheckpointError` for an unknown name or another element type.
    func requireNumbers(_ name: String) throws { _ = try conversion(of: name, try require(name)) }

    /// Whether every number of the tensor is finite as float32; reads the bytes without storing them.
    /// - Throws: `CheckpointError` for an unknown name, another element type, or damaged bytes.
    func isFinite(_ name: String) throws -> Bool {
        let info = try require(name)
        guard let region = try region(of: name) else {
            return try withBytes(of: name) { Checkpoints.isFinite($0, as: info.type) }
        }
        return Checkpoints.isFinite(region.bytes, as: info.type)
    }

    /// The tensor as integers in row-major order; for the integer types and BOOL.
    /// - Throws: `CheckpointError` for an unknown name, another element type, or values beyond 63 bits.
    public func integers(_ name: String) throws -> [Int] {
        let info = try require(name)
        let values: [Int?]? = try withBytes(of: name) { bytes in
            switch info.type {
            case .i64: read(bytes, Int64.self)
            case .i32: read(bytes, Int32.self)
            case .i16: read(bytes, Int16.self)
            case .i8: read(bytes, Int8.self)
            case .u64: read(bytes, UInt64.self)
            case .u32: read(bytes, UInt32.self)
            case .u16: read(bytes, UInt16.self)
            case .u8, .bool: read(bytes, UInt8.self)
            case .f64, .f32, .f16, .bf16, .f8e4m3, .f8e5m2: nil
            }
        }
        guard let values else {
            throw CheckpointError(
                path: path, reason: "tensor \(name.shown) holds \(info.type.rawValue), not whole numbers")
        }
        return try values.map { value in
            guard let value else {
                throw CheckpointError(
                    path: path, reason: "tensor \(name.shown) holds a number beyond 63 bits")
            }
            return value
        }
    }

    /// The shape of a tensor.
    /// - Throws: `CheckpointError` if there is none of that name.
    public func shape(of name: String) throws -> [Int] { try require(name).shape }

    /// The same for a tensor that must have the given element type.
    /// - Throws: `CheckpointError` for an unknown name or another element type than `type`.
    public func withBytes<R>(
        of name: String, as type: ElementType, _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        let info = try require(name)
        guard info.type == type else {
            throw CheckpointError(
                path: path,
                reason: "tensor \(name.shown) holds \(info.type.rawValue) where \(type.rawValue) is expected"
            )
        }
        return try withBytes(of: name, body)
    }

    // MARK: Helpers

    private func conversion(of name: String, _ info: TensorInfo) throws -> FloatConversion {
        guard let convert = floatConversion(from: info.type) else {
            throw CheckpointError(
                path: path,
                reason: "tensor \(name.shown) holds \(info.type.rawValue), which is not read as numbers here")
        }
        return convert
    }

    func require(_ name: String) throws -> TensorInfo {
        guard let info = info(name) else {
            throw CheckpointError(path: path, reason: "there is no tensor \(name.shown) in this file")
        }
        return info
    }

    private func read<T: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _: T.Type) -> [Int?] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<T>.size).map { offset in
            Int(exactly: T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self)))
        }
    }
}
