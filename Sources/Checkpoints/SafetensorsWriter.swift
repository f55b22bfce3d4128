// Writing of safetensors files, atomic and deterministic.

public import Arrays
import Files

/// Writes safetensors files.
public enum SafetensorsWriter {
    /// A tensor to write.
    public struct Tensor: Sendable {
        enum Content {
            case floats(NDArray)
            case bytes([UInt8])
        }

        let name: String
        let type: ElementType
        let shape: [Int]
        let content: Content

        /// A float tensor stored as `type`: `.f32`, `.f16` or `.bf16`, rounded to nearest even.
        public init(_ name: String, _ array: NDArray, as type: ElementType = .f32) {
            precondition(
                type == .f32 || type == .f16 || type == .bf16,
                "SafetensorsWriter: floats cannot be stored as \(type)")
            self.name = name
            self.type = type
            shape = array.shape
            content = .floats(array)
        }

        /// A tensor of bytes, stored as U8.
        public init(_ name: String, bytes: [UInt8], shape: [Int]) {
            self.init(name, type: .u8, shape: shape, bytes: bytes)
        }

        /// A tensor of integers, stored as I32.
        public init(_ name: String, integers: [Int32], shape: [Int]) {
            let bytes = integers.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
            self.init(name, type: .i32, shape: shape, bytes: bytes)
        }

        /// A tensor of integers, stored as I64.
        public init(_ name: String, integers: [Int64], shape: [Int]) {
            let bytes = integers.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
            self.init(name, type: .i64, shape: shape, bytes: bytes)
        }

        private init(_ name: String, type: ElementType, shape: [Int], bytes: [UInt8]) {
            precondition(
                shape.reduce(type.size, *) == bytes.count,
                "SafetensorsWriter: \(bytes.count) bytes for shape \(shape) of \(type.rawValue)")
            self.name = name
            self.type = type
            self.shape = shape
            content = .bytes(bytes)
        }
    }

    /// Writes `arrays`, all stored as `type`, to `path`.
    /// - Throws: `CheckpointError` if the file cannot be written; no partial file remains.
    public static func write(
        _ arrays: [(name: String, array: NDArray)], metadata: [String: String] = [:], to path: String,
        as type: ElementType = .f32
    ) throws {
        try write(arrays.map { Tensor($0.name, $0.array, as: type) }, metadata: metadata, to: path)
    }

    /// Writes `tensors` to `path` through a temporary file in the same folder.
    ///
    /// Wider element types come first, names in order within a type, so that every tensor is aligned to its elements.
    /// - Precondition: names are unique and different from `__metadata__`.
    /// - Throws: `CheckpointError` if the file cannot be written; no partial file remains.
    public static func write(_ tensors: [Tensor], metadata: [String: String] = [:], to path: String) throws {
        precondition(
            Set(tensors.map(\.name) + ["__metadata__"]).count == tensors.count + 1,
            "SafetensorsWriter: a tensor name appears twice")
        let ordered = tensors.sorted { ($1.type.size, $0.name) < ($0.type.size, $1.name) }
        do {
            let file = try AtomicFile(path: path)
            try file.write(header(of: ordered, metadata: metadata))
            for tensor in ordered { try write(tensor, to: file) }
            try file.commit()
        } catch let error as FileError {
            throw CheckpointError(error)
        }
    }

    // MARK: Helpers

    private static func header(of tensors: [Tensor], metadata: [String: String]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var begin = 0
        for tensor in tensors {
            let end = begin + tensor.shape.reduce(tensor.type.size, *)
            let sizes = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(sizes)],"
                    + "\"data_offsets\":[\(begin),\(end)]}")
            begin = end
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    /// A JSON string literal.
    private static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    private static func write(_ tensor: Tensor, to file: AtomicFile) throws {
        switch tensor.content {
        case .bytes(let bytes):
            try file.write(bytes)
        case .floats(let array):
            try array.withUnsafeBuffer { values in
                switch tensor.type {
                case .f16: try write(values, to: file, halfFromFloat)
                case .bf16: try write(values, to: file, brainFromFloat)
                default: try file.write(UnsafeRawBufferPointer(values))
                }
            }
        }
    }

    /// Converts and writes in pieces, so that a large tensor is not copied as a whole.
    @inline(__always)
    private static func write(
        _ values: UnsafeBufferPointer<Float>, to file: AtomicFile, _ convert: (Float) -> UInt16
    ) throws {
        let piece = 1 << 18
        for start in stride(from: 0, to: values.count, by: piece) {
            let part = UnsafeBufferPointer(rebasing: values[start..<min(start + piece, values.count)])
            let halves = [UInt16](unsafeUninitializedCapacity: part.count) { buffer, count in
                for index in 0..<part.count { buffer[index] = convert(part[index]).littleEndian }
                count = part.count
            }
            try halves.withUnsafeBytes { try file.write($0) }
        }
    }
}
