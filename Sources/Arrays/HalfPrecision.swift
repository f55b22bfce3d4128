// 16-bit storage formats to and from float arrays.

/// Conversions for files that keep 16-bit floats.
package enum HalfPrecision {
    /// IEEE half precision to single.
    package static func floats(
        fromHalf source: UnsafePointer<UInt16>, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        nonisolated(unsafe) let (x, y) = (source, target)
        parallelFor(count, chunk: 4 * elementChunk) { r in
            Kernels.current.floats(fromHalf: x + r.lowerBound, y + r.lowerBound, r.count)
        }
    }

    /// bfloat16 to single precision.
    package static func floats(
        fromBFloat source: UnsafePointer<UInt16>, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        nonisolated(unsafe) let (x, y) = (source, target)
        parallelFor(count, chunk: 4 * elementChunk) { r in
            Kernels.current.floats(fromBFloat: x + r.lowerBound, y + r.lowerBound, r.count)
        }
    }

    /// Single precision to IEEE half, to nearest even; overflow becomes infinity.
    package static func halves(
        from source: UnsafePointer<Float>, into target: UnsafeMutablePointer<UInt16>, count: Int
    ) {
        nonisolated(unsafe) let (x, y) = (source, target)
        parallelFor(count, chunk: 4 * elementChunk) { r in
            Kernels.current.halves(x + r.lowerBound, y + r.lowerBound, r.count)
        }
    }
}
