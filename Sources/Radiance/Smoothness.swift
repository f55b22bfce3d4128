// Regularisation of the field by differences between nearby points.

public import Arrays

/// Weights of the differences of a field between neighbouring points.
public struct Smoothness: Codable, Sendable, Hashable {
    /// Of squared first differences of the density logit: total variation.
    public var density: Float
    /// Of squared first differences of the colours.
    public var colour: Float
    /// Weight of squared second differences of the density logit (thin-plate bending energy).
    ///
    /// A linear ramp has no penalty, so surfaces may be steep; jagged surfaces and isolated specks have a large one.
    public var bending: Float

    public init(density: Float = 0, colour: Float = 0, bending: Float = 0) {
        self.density = density
        self.colour = colour
        self.bending = bending
    }

    var isZero: Bool { density == 0 && colour == 0 && bending == 0 }
}

extension RadianceField {
    /// A point and its two neighbours along each of x, y and z.
    private static let star = 7

    /// Adds the roughness of the field at random points of occupied cells, the only ones that rays sample.
    ///
    /// With s the density logit, c the colours, and neighbours `spacing` away, it is the mean over the points of the
    /// sum over the axes of `density (s⁺ - s)² + colour |c⁺ - c|² + bending (s⁺ - 2s + s⁻)²`.
    /// - Returns: the term's value.
    @discardableResult
    public func addSmoothness(
        _ weights: Smoothness, count: Int, spacing: Float, random: inout RandomStream,
        into gradients: inout FieldGradients
    ) -> Double {
        let draws = random.uniform([count, 4])
        let cells = occupancy.occupiedCells()
        guard count > 0, !weights.isZero, !cells.isEmpty else { return 0 }
        let star = Self.star
        let (values, record) = evaluateRecorded(stars(draws, in: cells, spacing: spacing))
        var adjoint = NDArray.zeros([star * count, 4])
        var total = 0.0
        let scale = 1 / Float(count)
        values.withUnsafeBuffer { v in
            adjoint.withUnsafeMutableBuffer { g in
                for middle in stride(from: 0, to: 4 * star * count, by: 4 * star) {
                    for axis in 0..<3 {
                        let ahead = middle + 4 * (1 + axis), behind = middle + 4 * (4 + axis)
                        for c in 0..<4 {
                            let weight = scale * (c == 0 ? weights.density : weights.colour)
                            let d = v[ahead + c] - v[middle + c]
                            total += Double(weight * d * d)
                            g[ahead + c] += 2 * weight * d
                            g[middle + c] -= 2 * weight * d
                        }
                        let weight = scale * weights.bending
                        let d = v[ahead] - 2 * v[middle] + v[behind]
                        total += Double(weight * d * d)
                        g[ahead] += 2 * weight * d
                        g[middle] -= 4 * weight * d
                        g[behind] += 2 * weight * d
                    }
                }
            }
        }
        accumulate(adjoint, record, into: &gradients)
        return total
    }

    /// Points of `cells` with their neighbours, `[7 count, 3]`, all within the cube.
    /// - Parameter draws: `[count, 4]`, uniform in 0..<1: the cell, and the position within it.
    private func stars(_ draws: NDArray, in cells: [Int32], spacing: Float) -> NDArray {
        let count = draws.shape[0], resolution = Int32(occupancy.resolution), star = Self.star
        let bound = configuration.bound, limit = bound - spacing
        return NDArray(shape: [star * count, 3]) { out in
            draws.withUnsafeBuffer { u in
                for i in 0..<count {
                    let cell = cells[min(cells.count - 1, Int(u[4 * i] * Float(cells.count)))]
                    let corner = [
                        cell % resolution, cell / resolution % resolution, cell / resolution / resolution,
                    ]
                    for a in 0..<3 {
                        let p = bound * (2 * (Float(corner[a]) + u[4 * i + 1 + a]) / Float(resolution) - 1)
                        for k in 0..<star {
                            let step: Float = k == 1 + a ? spacing : k == 4 + a ? -spacing : 0
                            out[(star * i + k) * 3 + a] = max(-limit, min(limit, p)) + step
                        }
                    }
                }
            }
        }
    }
}
