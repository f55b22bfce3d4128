// Safetensors shards of bytes: written under a temporary name and renamed when whole.

package import Foundation

/// One array of a shard.
package struct ShardTensor: Sendable {
    package enum Kind: String, Sendable { case u8 = "U8", i32 = "I32", f32 = "F32" }
    package let name: String
    package let kind: Kind
    package let shape: [Int]
    package var data: Data

    init(_ name: String, _ shape: [Int], bytes: [UInt8]) {
        (self.name, kind, self.shape, data) = (name, .u8, shape, Data(bytes))
        precondition(
            bytes.count == shape.reduce(1, *), "ShardTensor \(name): \(bytes.count) bytes for \(shape)")
    }

    init(_ name: String, _ shape: [Int], floats: [Float]) {
        (self.name, kind, self.shape) = (name, .f32, shape)
        data = floats.withUnsafeBytes { Data($0) }
        precondition(
            floats.count == shape.reduce(1, *), "ShardTensor \(name): \(floats.count) floats for \(shape)")
    }

    init(_ name: String, _ shape: [Int], integers: [Int32]) {
        (self.name, kind, self.shape) = (name, .i32, shape)
        data = integers.withUnsafeBytes { Data($0) }
        precondition(
            integers.count == shape.reduce(1, *), "ShardTensor \(name): \(integers.count) values for \(shape)"
        )
    }
}

package enum TensorFile {
    /// Writes a safetensors file atomically.
    ///
    /// Layout: header length (u64), JSON header, data in the header's order.
    package static func write(_ tensors: [ShardTensor], metadata: [String: String], to path: String) throws {
        var header: [String: Any] = ["__metadata__": metadata]
        var offset = 0
        for tensor in tensors {
            header[tensor.name] =
                [
                    "dtype": tensor.kind.rawValue, "shape": tensor.shape,
                    "data_offsets": [offset, offset + tensor.data.count],
                ] as [String: Any]
            offset += tensor.data.count
        }
        var json = try JSONSerialization.data(
            withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        json.append(Data(repeating: 0x20, count: (8 - json.count % 8) % 8))
        let temporary = path + ".partial"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let file = FileHandle(forWritingAtPath: temporary)
        else { throw ToyError("cannot write \(temporary); check that the folder exists and has room") }
        do {
            try withUnsafeBytes(of: UInt64(json.count).littleEndian) { try file.write(contentsOf: Data($0)) }
            try file.write(contentsOf: json)
            for tensor in tensors { try file.write(contentsOf: tensor.data) }
            try file.close()
            guard rename(temporary, path) == 0 else {
                throw ToyError("cannot rename \(temporary) to \(path)")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw ToyError("cannot write \(path): \(error)")
        }
    }
}
