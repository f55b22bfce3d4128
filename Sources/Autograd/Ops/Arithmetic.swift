// Elementwise arithmetic with broadcasting.
internal import Arrays

extension Tensor {
    /// Sum, with NumPy broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let (sa, sb) = (a.shape, b.shape)
        return recorded(a.value + b.value, [a, b]) { g, needed in
            [needed[0] ? g.summed(toShape: sa) : nil, needed[1] ? g.summed(toShape: sb) : nil]
        }
    }

    /// Difference, with NumPy broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let (sa, sb) = (a.shape, b.shape)
        return recorded(a.value - b.value, [a, b]) { g, needed in
            [needed[0] ? g.summed(toShape: sa) : nil, needed[1] ? -g.summed(toShape: sb) : nil]
        }
    }

    /// Product, with NumPy broadcasting.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        let (sa, sb) = (a.shape, b.shape)
        // An operand is kept only if the other's gradient needs it.
        let (va, vb) = (b.needsGradient ? a.value : nil, a.needsGradient ? b.value : nil)
        return recorded(a.value * b.value, [a, b]) { g, needed in
            [
                needed[0] ? vb.map { (g * $0).summed(toShape: sa) } : nil,
                needed[1] ? va.map { (g * $0).summed(toShape: sb) } : nil,
            ]
        }
    }

    /// Quotient, with NumPy broadcasting.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let (sa, sb) = (a.shape, b.shape)
        let (va, vb) = (b.needsGradient ? a.value : nil, b.value)
        return recorded(a.value / b.value, [a, b]) { g, needed in
            let quotient = g / vb
            return [
                needed[0] ? quotient.summed(toShape: sa) : nil,
                needed[1] ? va.map { -(quotient * $0 / vb).summed(toShape: sb) } : nil,
            ]
        }
    }

    public static func + (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: b) }
    public static func + (a: Float, b: Tensor) -> Tensor { b.affine(scale: 1, shift: a) }
    public static func - (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: -b) }
    public static func - (a: Float, b: Tensor) -> Tensor { b.affine(scale: -1, shift: a) }
    public static func * (a: Tensor, b: Float) -> Tensor { a.affine(scale: b, shift: 0) }
    public static func * (a: Float, b: Tensor) -> Tensor { b.affine(scale: a, shift: 0) }
    public static func / (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1 / b, shift: 0) }
    public static func / (a: Float, b: Tensor) -> Tensor { b.reciprocal() * a }
    public static prefix func - (a: Tensor) -> Tensor { a.affine(scale: -1, shift: 0) }

    /// `self * scale + shift` of every element.
    public func affine(scale: Float, shift: Float) -> Tensor {
        Tensor.recorded(value.affine(scale: scale, shift: shift), self) { $0.affine(scale: scale) }
    }
}
