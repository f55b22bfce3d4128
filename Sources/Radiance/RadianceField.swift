// The field: parameters of grid and network, occupancy, and initialisation.
public import Arrays

/// Density and colour over a cube: hash grid -> one hidden layer -> density logit and colour.
public struct RadianceField: Sendable {
    public let configuration: FieldConfiguration
    /// The grid's table, flat.
    public var grid: NDArray
    /// The network's weights, flat: W1 [hidden, inputs], b1 [hidden], W2 [4, hidden], b2 [4].
    public var network: NDArray
    public var occupancy: OccupancyGrid
    /// Factor of each level's features, for coarse-to-fine schedules; levels of weight 0 are skipped.
    public var levelWeights: [Float]
    /// The kernel tier that renders this field.
    package var tier = KernelTier.selected

    /// A new field: features uniform within 1e-4 of zero, weights after He and others (2015).
    ///
    /// - Parameter random: source of the initial parameters.
    public init(_ configuration: FieldConfiguration, random: inout RandomStream) throws {
        try configuration.validate()
        self.configuration = configuration
        let inputs = configuration.grid.inputs, hidden = configuration.hiddenWidth
        grid = random.uniform([configuration.grid.parameterCount])
        grid.withUnsafeMutableBuffer { for i in $0.indices { $0[i] = ($0[i] * 2 - 1) * 1e-4 } }
        network = random.uniform([configuration.networkParameterCount])
        // Inputs are initially tiny, so the first layer is initialised for inputs of unit variance.
        let first = (6 / Float(inputs)).squareRoot(), second = (1 / Float(hidden)).squareRoot()
        network.withUnsafeMutableBuffer { buffer in
            for i in buffer.indices {
                let u = buffer[i] * 2 - 1
                switch i {
                case ..<(hidden * inputs): buffer[i] = u * first
                case ..<(hidden * inputs + hidden): buffer[i] = 0
                case ..<(hidden * inputs + 5 * hidden): buffer[i] = u * second
                default: buffer[i] = 0
                }
            }
        }
        occupancy = OccupancyGrid(resolution: configuration.occupancyResolution)
        levelWeights = Array(repeating: 1, count: configuration.grid.levels)
    }

    /// Whether every parameter is a finite number.
    package var isFinite: Bool {
        func sound(_ values: NDArray) -> Bool {
            values.withUnsafeBuffer { buffer in
                // Zero times a finite number is zero; four sums make the additions independent.
                var sums = SIMD4<Float>.zero
                var i = 0
                while i + 4 <= buffer.count {
                    sums += SIMD4(buffer[i], buffer[i + 1], buffer[i + 2], buffer[i + 3]) * 0
                    i += 4
                }
                while i < buffer.count {
                    sums[0] += buffer[i] * 0
                    i += 1
                }
                return sums.sum() == 0
            }
        }
        return sound(network) && sound(grid)
    }

    /// A field from stored parameters.
    package init(_ configuration: FieldConfiguration, grid: NDArray, network: NDArray) throws {
        try configuration.validate()
        precondition(
            grid.count == configuration.grid.parameterCount
                && network.count == configuration.networkParameterCount,
            "RadianceField: \(grid.shape) and \(network.shape) do not fit the configuration")
        self.configuration = configuration
        self.grid = grid.reshaped([-1])
        self.network = network.reshaped([-1])
        occupancy = OccupancyGrid(resolution: configuration.occupancyResolution)
        levelWeights = Array(repeating: 1, count: configuration.grid.levels)
    }
}

/// Derivatives of a loss with respect to a field's parameters; several adjoints may accumulate into one.
public struct FieldGradients: Sendable {
    public var grid: NDArray
    public var network: NDArray

    /// Zeros for `field`.
    public init(for field: RadianceField) {
        grid = .zeros(field.grid.shape)
        network = .zeros(field.network.shape)
    }
}
