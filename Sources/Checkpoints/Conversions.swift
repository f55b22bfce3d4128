// Conversions between stored element types and float32, as branch-free loops that the compiler vectorises.
//
// `Float(Float16)` compiles to a library call per element for baseline x86-64, which is some twenty times slower than
// memory; integer arithmetic on the bit patterns needs no special instructions.

import Arrays

typealias FloatConversion = @Sendable (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Float>) -> Void

/// The conversion loop from `type` to float32; nil for types that float32 cannot represent.
func floatConversion(from type: ElementType) -> FloatConversion? {
    switch type {
    case .f32:
        { source, target in UnsafeMutableRawBufferPointer(target).copyMemory(from: source) }
    case .f64: { DoubleNumber.convert($0, $1) }
    case .f16: { HalfNumber.convert($0, $1) }
    case .bf16: { BrainNumber.convert($0, $1) }
    case .i16: { WholeNumber<Int16>.convert($0, $1) }
    case .u16: { WholeNumber<UInt16>.convert($0, $1) }
    case .i8: { WholeNumber<Int8>.convert($0, $1) }
    case .u8, .bool: { WholeNumber<UInt8>.convert($0, $1) }
    case .i64, .i32, .u64, .u32, .f8e4m3, .f8e5m2: nil
    }
}

/// The storage format of an element.
///
/// A type rather than a closure, because a closure would be called for every element.
private protocol StoredNumber: SendableMetatype {
    associatedtype Bits: BitwiseCopyable
    static func float(_ bits: Bits) -> Float
}

private enum DoubleNumber: StoredNumber {
    static func float(_ bits: Double) -> Float { Float(bits) }
}

private enum HalfNumber: StoredNumber {
    static func float(_ bits: UInt16) -> Float { floatFromHalf(bits) }
}

private enum BrainNumber: StoredNumber {
    static func float(_ bits: UInt16) -> Float { floatFromBrain(bits) }
}

private enum WholeNumber<Bits: BinaryInteger & BitwiseCopyable>: StoredNumber {
    static func float(_ bits: Bits) -> Float { Float(bits) }
}

extension StoredNumber {
    fileprivate static func convert(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            source.count == target.count * MemoryLayout<Bits>.stride,
            "convert: \(source.count) bytes for \(target.count) values")
        guard let first = source.baseAddress, let start = target.baseAddress else { return }
        // Chunks are disjoint: each value is written once.
        nonisolated(unsafe) let (input, output) = (first, start)
        parallelFor(target.count, chunk: conversionChunk) { range in
            for index in range {
                output[index] = float(
                    input.loadUnaligned(fromByteOffset: index &* MemoryLayout<Bits>.stride, as: Bits.self))
            }
        }
    }
}

/// Elements per parallel chunk: a megabyte of floats.
let conversionChunk = 1 << 18

/// IEEE half precision to single, exact for every pattern; NaN keeps its payload.
@inline(__always)
func floatFromHalf(_ half: UInt16) -> Float {
    let bits = UInt32(half)
    let magnitude = (bits & 0x7FFF) << 13
    let exponent = magnitude & 0x0F80_0000
    // Rebias the exponent by 127 − 15; infinities and NaN need the same offset again.
    let normal = magnitude &+ 0x3800_0000 &+ (exponent == 0x0F80_0000 ? 0x3800_0000 : 0)
    // A subnormal half is an integer times 2⁻²⁴: set the exponent to that of 2⁻¹⁴ and subtract 2⁻¹⁴.
    let subnormal = (Float(bitPattern: magnitude &+ 0x3880_0000) - 0x1p-14).bitPattern
    return Float(bitPattern: (exponent == 0 ? subnormal : normal) | (bits & 0x8000) << 16)
}

/// The upper half of a float32.
@inline(__always)
func floatFromBrain(_ brain: UInt16) -> Float {
    Float(bitPattern: UInt32(brain) << 16)
}

/// Single precision to half, rounded to nearest even; overflow gives infinity.
@inline(__always)
func halfFromFloat(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7FFF_FFFF
    // Adding 0.5 to a number below 2⁻¹⁴ leaves its multiple of 2⁻²⁴, rounded by the FPU, in the low bits.
    let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
    let odd = (magnitude >> 13) & 1
    let normal = (magnitude &+ 0xC800_0FFF &+ odd) >> 13
    let special: UInt32 = magnitude > 0x7F80_0000 ? 0x7E00 : 0x7C00
    let finite = magnitude < 0x3880_0000 ? subnormal : normal
    return sign | UInt16(truncatingIfNeeded: magnitude >= 0x4780_0000 ? special : finite)
}

/// Single precision to bfloat16, rounded to nearest even.
@inline(__always)
func brainFromFloat(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let rounded = (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16
    return UInt16(truncatingIfNeeded: bits & 0x7FFF_FFFF > 0x7F80_0000 ? (bits >> 16) | 0x40 : rounded)
}
