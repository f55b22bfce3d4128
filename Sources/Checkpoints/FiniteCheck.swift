// Whether stored numbers are finite, told from their bits without converting them.

import Arrays
import Synchronization

/// Whether no value is NaN or infinite.
func isFinite(_ array: NDArray) -> Bool {
    array.withUnsafeBuffer { isFinite(UnsafeRawBufferPointer($0), as: .f32) }
}

/// Whether every element of these bytes is a finite float32 once converted.
/// - Parameter bytes: little-endian and perhaps unaligned.
func isFinite(_ bytes: UnsafeRawBufferPointer, as type: ElementType) -> Bool {
    switch type {
    case .f32: allFinite(bytes) { carries($0 as UInt32, exponent: 0x7F80_0000) }
    case .f16: allFinite(bytes) { carries($0 as UInt16, exponent: 0x7C00) }
    case .bf16: allFinite(bytes) { carries($0 as UInt16, exponent: 0x7F80) }
    case .f64:
        // The largest values of a double are infinite as a float.
        allFinite(bytes) { Float(Double(bitPattern: $0)).isFinite ? 0 : 1 << 63 }
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool, .f8e4m3, .f8e5m2: true
    }
}

/// A number whose highest bit is set if the exponent of a float is all ones.
@inline(__always)
private func carries<Bits: FixedWidthInteger>(_ bits: Bits, exponent: Bits) -> Bits {
    // Only an exponent of all ones carries into the sign when its lowest bit is added.
    (bits & exponent) &+ (exponent & ~(exponent &- 1))
}

/// Whether `mark`, of no element, has its highest bit set.
@inline(__always)
private func allFinite<Bits: FixedWidthInteger & BitwiseCopyable & SendableMetatype>(
    _ bytes: UnsafeRawBufferPointer, _ mark: @Sendable (Bits) -> Bits
) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    nonisolated(unsafe) let input = start
    let size = MemoryLayout<Bits>.stride
    let isDamaged = Atomic(false)
    parallelFor(bytes.count / size, chunk: conversionChunk) { range in
        var marks: Bits = 0
        for index in range {
            marks |= mark(input.loadUnaligned(fromByteOffset: index &* size, as: Bits.self))
        }
        if marks.leadingZeroBitCount == 0 { isDamaged.store(true, ordering: .relaxed) }
    }
    return !isDamaged.load(ordering: .relaxed)
}
