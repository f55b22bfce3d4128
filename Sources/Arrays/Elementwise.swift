// Elementwise operations on whole arrays.

extension NDArray {
    /// `f` of every element.
    package func mapped(_ f: UnaryFunction) -> NDArray {
        NDArray.build(shape, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(count, chunk: elementChunk / 4) { r in
                Kernels.current.unary(f, x + r.lowerBound, y + r.lowerBound, r.count)
            }
        }
    }

    /// `gradient * f'(self)`; `value` is `f(self)`.
    package func mappedGradient(_ f: UnaryFunction, value: NDArray, gradient: NDArray) -> NDArray {
        precondition(
            shape == gradient.shape && shape == value.shape, "\(f) gradient: \(shape), \(gradient.shape)")
        return NDArray.build(shape, keeping: self, value, gradient) { out in
            nonisolated(unsafe) let (x, y, dy, dx) = (pointer, value.pointer, gradient.pointer, out)
            parallelFor(count, chunk: elementChunk / 4) { r in
                let i = r.lowerBound
                Kernels.current.unaryGradient(f, x + i, y + i, dy + i, dx + i, r.count)
            }
        }
    }

    /// `self * scale + shift` of every element.
    package func affine(scale: Float, shift: Float = 0) -> NDArray {
        NDArray.build(shape, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(count, chunk: elementChunk) { r in
                let i = r.lowerBound
                Kernels.current.affine(x + i, y + i, r.count, scale: scale, shift: shift)
            }
        }
    }

    /// Every element limited to `range`.
    package func clamped(_ range: ClosedRange<Float>) -> NDArray {
        NDArray.build(shape, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(count, chunk: elementChunk) { r in
                let i = r.lowerBound
                Kernels.current.clamp(
                    x + i, y + i, r.count, low: range.lowerBound, high: range.upperBound)
            }
        }
    }

    /// The adjoint of `clamped`: `gradient` where the element lies in `range`, else 0.
    package func clampedGradient(_ range: ClosedRange<Float>, gradient: NDArray) -> NDArray {
        precondition(shape == gradient.shape, "clamped gradient: \(shape) and \(gradient.shape)")
        return NDArray.build(shape, keeping: self, gradient) { out in
            nonisolated(unsafe) let (x, dy, dx) = (pointer, gradient.pointer, out)
            parallelFor(count, chunk: elementChunk) { r in
                let i = r.lowerBound
                Kernels.current.clampGradient(
                    x + i, dy + i, dx + i, r.count, low: range.lowerBound, high: range.upperBound)
            }
        }
    }

    /// `self += scale * other`, in place where storage is not shared.
    package mutating func accumulate(_ other: NDArray, scale: Float = 1) {
        precondition(shape == other.shape, "accumulate: \(shape) += \(other.shape)")
        withUnsafeMutableBuffer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let (x, y) = (other.pointer, base)
            parallelFor(buffer.count, chunk: elementChunk) { r in
                Kernels.current.accumulate(x + r.lowerBound, y + r.lowerBound, r.count, scale: scale)
            }
        }
        withExtendedLifetime(other) {}
    }

    /// The inner product with an array of the same shape, accumulated in double precision.
    package func dot(_ other: NDArray) -> Double {
        precondition(count == other.count, "dot: \(shape) and \(other.shape)")
        nonisolated(unsafe) let (x, y) = (pointer, other.pointer)
        let total = sumOfChunks(count) { r in Kernels.current.dot(x + r.lowerBound, y + r.lowerBound, r.count)
        }
        withExtendedLifetime((self, other)) {}
        return total
    }

    public static func + (a: NDArray, b: NDArray) -> NDArray { a.combined(b, .add) }
    public static func - (a: NDArray, b: NDArray) -> NDArray { a.combined(b, .subtract) }
    public static func * (a: NDArray, b: NDArray) -> NDArray { a.combined(b, .multiply) }
    public static func / (a: NDArray, b: NDArray) -> NDArray { a.combined(b, .divide) }
    public static func + (a: NDArray, b: Float) -> NDArray { a.affine(scale: 1, shift: b) }
    public static func - (a: NDArray, b: Float) -> NDArray { a.affine(scale: 1, shift: -b) }
    public static func * (a: NDArray, b: Float) -> NDArray { a.affine(scale: b) }
    public static func * (a: Float, b: NDArray) -> NDArray { b.affine(scale: a) }
    public static prefix func - (a: NDArray) -> NDArray { a.affine(scale: -1) }
}
