// The typed values of a glTF file.

import Files

extension GLBReader {
    /// The values of an attribute, one vector per vertex; nil where the primitive has none of that name.
    func attribute(_ name: String, of primitive: GLBDocument.Primitive, count: Int) throws -> [Float]? {
        guard let index = primitive.attributes[name] else { return nil }
        let isColor = name.hasPrefix("COLOR")
        let width = isColor && accessorType(index) == "VEC4" ? 4 : name.hasPrefix("TEXCOORD") ? 2 : 3
        let values = try numbers(index, width: width, areFractions: isColor)
        guard values.count == count * width else { throw misfit }
        return values
    }

    private func accessorType(_ index: Int) -> String? { document.accessors?[safe: index]?.type }

    /// The values of an accessor of vectors: floats, or integers of one or two bytes, which are fractions of their largest
    /// if `normalized` and else stand for themselves (§3.6.2.2; for positions KHR_mesh_quantization).
    /// - Parameter areFractions: whether integers must be fractions, as those of colours must.
    func numbers(_ index: Int, width: Int, areFractions: Bool = false) throws -> [Float] {
        guard let accessor = document.accessors?[safe: index] else { throw damaged }
        let type = "VEC\(width)"
        let isNormalized = accessor.normalized == true
        let isInteger = accessor.componentType != GLBDocument.Component.float32
        guard !isInteger || isNormalized || !areFractions else { throw unsupported(accessor) }
        func whole<Stored: BitwiseCopyable & FixedWidthInteger>(_: Stored.Type) throws -> [Float] {
            let scale = isNormalized ? Float(Stored.max) : 1
            return try values(accessor, type, width, Stored.self) {
                isNormalized ? max(Float($0) / scale, -1) : Float($0)
            }
        }
        switch accessor.componentType {
        case GLBDocument.Component.float32:
            return try values(accessor, type, width, Float.self) { $0 }
        case GLBDocument.Component.int8: return try whole(Int8.self)
        case GLBDocument.Component.uint8: return try whole(UInt8.self)
        case GLBDocument.Component.int16: return try whole(Int16.self)
        case GLBDocument.Component.uint16: return try whole(UInt16.self)
        default: throw unsupported(accessor)
        }
    }

    private func unsupported(_ accessor: GLBDocument.Accessor) -> MeshError {
        fault("stores vectors as type \(accessor.componentType), which is not supported")
    }

    /// The bytes of a buffer: the file's binary chunk, or those of a data URI.
    func buffer(_ index: Int) throws -> UnsafeRawBufferPointer {
        guard let entry = document.buffers?[safe: index] else {
            // Files of one buffer that do not list it are read all the same.
            guard index == 0, let binary else { throw damaged }
            return binary
        }
        if entry.uri == nil, index == 0, let binary { return binary }
        guard let bytes = inlineBuffers[index] else {
            throw fault("keeps data outside the file, which is not supported")
        }
        return bytes.content
    }

    func indices(_ index: Int) throws -> [UInt32] {
        guard let accessor = document.accessors?[safe: index] else { throw damaged }
        switch accessor.componentType {
        case GLBDocument.Component.uint8: return try values(accessor, "SCALAR", 1, UInt8.self) { UInt32($0) }
        case GLBDocument.Component.uint16:
            return try values(accessor, "SCALAR", 1, UInt16.self) { UInt32($0) }
        case GLBDocument.Component.uint32: return try values(accessor, "SCALAR", 1, UInt32.self) { $0 }
        default: throw fault("stores indices as type \(accessor.componentType), which is not supported")
        }
    }

    private func values<Stored: BitwiseCopyable, Value>(
        _ accessor: GLBDocument.Accessor, _ type: String, _ width: Int, _: Stored.Type,
        _ convert: (Stored) -> Value
    ) throws -> [Value] {
        guard accessor.sparse == nil else { throw fault("has sparse accessors, which are not supported") }
        guard accessor.type == type, let index = accessor.bufferView else {
            throw fault("stores a \(accessor.type.quotedForMessage) where a plain \(type) is needed")
        }
        guard let view = document.bufferViews?[safe: index] else { throw damaged }
        let binary = try buffer(view.buffer)
        let size = MemoryLayout<Stored>.size * width
        let stride = view.byteStride ?? size
        let (offset, overflow) = (view.byteOffset ?? 0).addingReportingOverflow(accessor.byteOffset ?? 0)
        let (span, spanOverflow) = accessor.count.multipliedReportingOverflow(by: stride)
        guard accessor.count >= 0, stride >= size, stride <= 4096, !overflow, !spanOverflow, offset >= 0,
            view.byteOffset ?? 0 >= 0, accessor.byteOffset ?? 0 >= 0, offset <= binary.count,
            accessor.count == 0 || span - stride + size <= binary.count - offset
        else { throw damaged }
        var result: [Value] = []
        result.reserveCapacity(accessor.count * width)
        for item in 0..<accessor.count {
            for part in 0..<width {
                let place = offset + item * stride + part * MemoryLayout<Stored>.size
                result.append(convert(binary.loadUnaligned(fromByteOffset: place, as: Stored.self)))
            }
        }
        return result
    }
}

/// Bytes at a fixed address, for as long as this object lives.
final class OwnedBytes {
    let content: UnsafeRawBufferPointer

    init(_ bytes: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        memory.copyBytes(from: bytes)
        content = UnsafeRawBufferPointer(memory)
    }

    deinit { content.deallocate() }
}
