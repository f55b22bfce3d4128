// NumPy broadcasting: common shapes, strides, and elementwise functions of two arrays.

/// The shape two shapes broadcast to.
package func broadcastShape(_ a: [Int], _ b: [Int], op: String) -> [Int] {
    if a == b { return a }
    let rank = max(a.count, b.count)
    let left = Array(repeating: 1, count: rank - a.count) + a
    let right = Array(repeating: 1, count: rank - b.count) + b
    return zip(left, right).map { l, r in
        precondition(l == r || l == 1 || r == 1, "\(op): shapes \(a) and \(b) do not broadcast")
        return l == 1 ? r : l
    }
}

/// Element strides of an array of shape `shape` seen as `target`; 0 along broadcast dimensions.
func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
    var strides = Array(repeating: 0, count: target.count)
    var stride = 1
    for k in shape.indices.reversed() {
        let axis = target.count - shape.count + k
        strides[axis] = shape[k] == 1 ? 0 : stride
        stride *= shape[k]
    }
    return strides
}

/// Dimensions of a broadcast pair; adjacent ones are merged where both operands allow it.
private struct BroadcastPlan {
    var dims: [Int] = []
    var a: [Int] = []
    var b: [Int] = []

    init(_ shape: [Int], _ strideA: [Int], _ strideB: [Int]) {
        for (n, (sa, sb)) in zip(shape, zip(strideA, strideB)) where n != 1 {
            if let d = dims.indices.last, a[d] == sa * n, b[d] == sb * n {
                dims[d] *= n
                a[d] = sa
                b[d] = sb
            } else {
                dims.append(n)
                a.append(sa)
                b.append(sb)
            }
        }
        while dims.count < 2 {
            dims.insert(1, at: 0)
            a.insert(0, at: 0)
            b.insert(0, at: 0)
        }
    }
}

extension NDArray {
    /// `f(self, other)` elementwise with broadcasting.
    package func combined(_ other: NDArray, _ f: BinaryFunction) -> NDArray {
        let result = broadcastShape(shape, other.shape, op: "\(f)")
        let plan = BroadcastPlan(
            result, broadcastStrides(shape, to: result), broadcastStrides(other.shape, to: result))
        return NDArray(shape: result) { out in
            guard let base = out.baseAddress, !out.isEmpty else { return }
            nonisolated(unsafe) let (x, y, z) = (pointer, other.pointer, base)
            let last = plan.dims.count - 1
            let n1 = plan.dims[last], n0 = plan.dims[last - 1]
            let outer = plan.dims.prefix(last - 1)
            if outer.isEmpty, n0 == 1 {
                parallelFor(n1, chunk: elementChunk) { r in
                    Kernels.current.binary(
                        f, x + r.lowerBound * plan.a[last], 0, plan.a[last], y + r.lowerBound * plan.b[last],
                        0,
                        plan.b[last], z + r.lowerBound, 1, r.count)
                }
                return
            }
            let rows = elementCount(Array(outer)) * n0
            parallelFor(rows, chunk: max(1, elementChunk / max(1, n1))) { range in
                var row = range.lowerBound
                while row < range.upperBound {
                    // A run of rows within one slice of the two innermost dimensions.
                    let inner = row % n0, run = min(n0 - inner, range.upperBound - row)
                    var rest = row / n0, offsetA = inner * plan.a[last - 1],
                        offsetB = inner * plan.b[last - 1]
                    for d in outer.indices.reversed() {
                        let i = rest % plan.dims[d]
                        rest /= plan.dims[d]
                        offsetA += i * plan.a[d]
                        offsetB += i * plan.b[d]
                    }
                    Kernels.current.binary(
                        f, x + offsetA, plan.a[last - 1], plan.a[last], y + offsetB, plan.b[last - 1],
                        plan.b[last], z + row * n1, run, n1)
                    row += run
                }
            }
        }
    }

    /// The sum over the dimensions along which `shape` was broadcast: the adjoint of broadcasting.
    package func summed(toShape target: [Int]) -> NDArray {
        if shape == target { return self }
        let missing = rank - target.count
        var axes = Array(0..<missing)
        for k in target.indices where target[k] == 1 && shape[missing + k] != 1 { axes.append(missing + k) }
        return summed(axes: axes, keepDimensions: true).reshaped(target)
    }
}
