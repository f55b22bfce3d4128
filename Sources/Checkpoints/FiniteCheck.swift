// Checks for NaN and infinity on the stored bits, without conversion.

import Arrays
import Synchronization

/// Whether no value is NaN or infinite.
func isFinite(_ array: NDArray) -> Bool {
    array.withUnsafeBuffer { isFinite(UnsafeRawBufferPointer($0), as: .f32) }
}

/// Whether every element of these bytes is a finite float32 once converted.
/// - Parameter bytes: little-endian, possibly unaligned.
func isFinite(_ bytes: UnsafeRawBufferPointer, as type: ElementType) -> Bool {
    switch type {
    case .f32: allHold(bytes, size: 4) { areFinite($0, exponent: 0x7F80_0000 as UInt32) }
    case .f16: allHold(bytes, size: 2) { areFinite($0, exponent: 0x7C00 as UInt16) }
    case .bf16: allHold(bytes, size: 2) { areFinite($0, exponent: 0x7F80 as UInt16) }
    case .f64:
        // The largest values of a double are infinite as a float.
        allHold(bytes, size: 8) { part in
            stride(from: 0, to: part.count, by: 8).allSatisfy {
                Float(part.loadUnaligned(fromByteOffset: $0, as: Double.self)).isFinite
            }
        }
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool, .f8e4m3, .f8e5m2: true
    }
}

/// Whether `body` is true for all parts of these bytes.
/// - Parameter size: bytes per element; parts consist of whole elements.
private func allHold(
    _ bytes: UnsafeRawBufferPointer, size: Int, _ body: @Sendable (UnsafeRawBufferPointer) -> Bool
) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    nonisolated(unsafe) let input = start
    let isDamaged = Atomic(false)
    parallelFor(bytes.count / size, chunk: conversionChunk) { range in
        let part = UnsafeRawBufferPointer(start: input + range.lowerBound * size, count: range.count * size)
        if !body(part) { isDamaged.store(true, ordering: .relaxed) }
    }
    return !isDamaged.load(ordering: .relaxed)
}

/// Whether no element has an all-ones exponent, the only case in which adding its lowest bit carries into the sign.
private func areFinite(_ bytes: UnsafeRawBufferPointer, exponent: UInt32) -> Bool {
    guard let input = bytes.baseAddress else { return true }
    let count = bytes.count / 4, whole = count & ~7, low = exponent & ~(exponent &- 1)
    var carry = SIMD8<UInt32>.zero
    for index in stride(from: 0, to: whole, by: 8) {
        let bits = input.loadUnaligned(fromByteOffset: index &* 4, as: SIMD8<UInt32>.self)
        carry |= (bits & exponent) &+ low
    }
    for index in whole..<count {
        carry[0] |= (input.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self) & exponent) &+ low
    }
    return (0..<8).allSatisfy { carry[$0].leadingZeroBitCount > 0 }
}

/// The same for 16 bits.
private func areFinite(_ bytes: UnsafeRawBufferPointer, exponent: UInt16) -> Bool {
    guard let input = bytes.baseAddress else { return true }
    let count = bytes.count / 2, whole = count & ~15, low = exponent & ~(exponent &- 1)
    var carry = SIMD16<UInt16>.zero
    for index in stride(from: 0, to: whole, by: 16) {
        let bits = input.loadUnaligned(fromByteOffset: index &* 2, as: SIMD16<UInt16>.self)
        carry |= (bits & exponent) &+ low
    }
    for index in whole..<count {
        carry[0] |= (input.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self) & exponent) &+ low
    }
    return (0..<16).allSatisfy { carry[$0].leadingZeroBitCount > 0 }
}
