// Adam for a field, with one rate per parameter group and moving averages of the parameters.
import Arrays

/// Settings of the optimiser.
public struct FieldOptimizerConfiguration: Codable, Sendable, Hashable {
    public var gridRate: Float
    public var networkRate: Float
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    /// Decay per step of the averaged parameters, 0...1; nil disables averaging.
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
/// After Kingma and Ba 2015. Blocks of 16 table numbers without a gradient keep their moments, so that the cost of a
/// step depends on the rows touched.
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
    /// - Parameter rateScale: factor of both rates (schedules, watchdogs).
    public mutating func update(
        _ field: inout RadianceField, _ gradients: inout FieldGradients, rateScale: Float = 1
    ) {
        step += 1
        let c = configuration
        field.grid.takeSparse(
            AdamStep(
                step, rate: c.gridRate * rateScale, beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon),
            gradient: &gradients.grid, &first.grid, &second.grid)
        field.network.takeSparse(
            AdamStep(
                step, rate: c.networkRate * rateScale, beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon),
            gradient: &gradients.network, &first.network, &second.network)
        if let decay = c.averageDecay, var kept = average {
            average = nil  // One reference, so that the update is in place.
            // The average adapts faster during the first steps, so that they lose their influence.
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

/// Parameters per task of a flat update.
private let vectorChunk = 1 << 16
