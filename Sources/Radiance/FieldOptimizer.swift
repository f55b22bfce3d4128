// Adam for a field, with a rate per parameter group and running averages of the parameters.
import Arrays

/// How a field's parameters are updated.
public struct FieldOptimizerConfiguration: Codable, Sendable, Hashable {
    public var gridRate: Float
    public var networkRate: Float
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    /// Decay per step of the averaged parameters, 0...1; nil keeps no averages.
    public var averageDecay: Float?

    public init(
        gridRate: Float = 2e-2, networkRate: Float = 5e-3, beta1: Float = 0.9, beta2: Float = 0.99,
        epsilon: Float = 1e-15, averageDecay: Float? = nil
    ) {
        self.gridRate = gridRate
        self.networkRate = networkRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.averageDecay = averageDecay
    }
}

/// Adam with a rate per parameter group.
///
/// After Kingma and Ba 2015. Blocks of 16 table numbers without a gradient keep their moments, so that a step costs
/// what it touches.
public struct FieldOptimizer: Sendable {
    public var configuration: FieldOptimizerConfiguration
    /// Steps taken.
    public package(set) var step: Int
    var first: FieldGradients
    var second: FieldGradients
    var average: FieldGradients?

    public init(for field: RadianceField, _ configuration: FieldOptimizerConfiguration = .init()) {
        self.configuration = configuration
        step = 0
        first = FieldGradients(for: field)
        second = FieldGradients(for: field)
        if configuration.averageDecay != nil {
            var start = FieldGradients(for: field)
            start.grid = field.grid
            start.network = field.network
            average = start
        }
    }

    /// One step; `gradients` are zero afterwards.
    /// - Parameter rateScale: factor on both rates (schedules, watchdogs).
    public mutating func update(
        _ field: inout RadianceField, _ gradients: inout FieldGradients, rateScale: Float = 1
    ) {
        step += 1
        let c = configuration
        let correction1 = 1 - power(c.beta1, step), correction2 = 1 / (1 - power(c.beta2, step))
        Self.adam(
            c, &field.grid, &first.grid, &second.grid, &gradients.grid,
            rate: c.gridRate * rateScale / correction1, correction2)
        Self.adam(
            c, &field.network, &first.network, &second.network, &gradients.network,
            rate: c.networkRate * rateScale / correction1, correction2)
        if let decay = c.averageDecay, var kept = average {
            average = nil  // One reference, so that the update is in place.
            // A young average follows quickly, so that the first steps do not linger.
            let warm = min(decay, Float(1 + step) / Float(10 + step))
            Self.blend(&kept.grid, field.grid, warm)
            Self.blend(&kept.network, field.network, warm)
            average = kept
        }
    }

    /// The field with averaged parameters; the field itself without averages.
    public func averaged(_ field: RadianceField) -> RadianceField {
        guard let average else { return field }
        var result = field
        result.grid = average.grid
        result.network = average.network
        return result
    }

    // Static, for a method would hold the moments a second time while it writes them, and they would be copied.
    private static func adam(
        _ c: FieldOptimizerConfiguration, _ parameters: inout NDArray, _ first: inout NDArray,
        _ second: inout NDArray,
        _ gradient: inout NDArray,
        rate: Float, _ correction2: Float
    ) {
        parameters.withUnsafeMutableBuffer { p in
            first.withUnsafeMutableBuffer { m in
                second.withUnsafeMutableBuffer { v in
                    gradient.withUnsafeMutableBuffer { g in
                        guard let p0Start = p.baseAddress, let m0Start = m.baseAddress,
                            let v0Start = v.baseAddress,
                            let g0Start = g.baseAddress
                        else { return }
                        nonisolated(unsafe) let (p0, m0, v0, g0) = (p0Start, m0Start, v0Start, g0Start)
                        parallelFor(p.count, chunk: vectorChunk) { r in
                            let o = r.lowerBound
                            VectorKernels.adam(
                                p0 + o, m0 + o, v0 + o, g0 + o, count: r.count, rate: rate, beta1: c.beta1,
                                beta2: c.beta2, epsilon: c.epsilon, correction2: correction2)
                        }
                    }
                }
            }
        }
    }

    private static func blend(_ average: inout NDArray, _ parameters: NDArray, _ decay: Float) {
        parameters.withUnsafeBuffer { source in
            average.withUnsafeMutableBuffer { target in
                guard let sStart = source.baseAddress, let tStart = target.baseAddress else { return }
                nonisolated(unsafe) let (s, t) = (sStart, tStart)
                parallelFor(target.count, chunk: vectorChunk) { r in
                    VectorKernels.average(t + r.lowerBound, s + r.lowerBound, count: r.count, decay: decay)
                }
            }
        }
    }
}

/// Numbers per task of a flat update; a multiple of 16.
private let vectorChunk = 1 << 16

private func power(_ base: Float, _ exponent: Int) -> Float {
    var result = 1.0, factor = Double(base), n = exponent
    while n > 0 {
        if n & 1 == 1 { result *= factor }
        factor *= factor
        n >>= 1
    }
    return Float(result)
}
