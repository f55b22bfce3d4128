// Settings that determine the shape and interpretation of a field's parameters.

/// From the network's first output to density: `density = activation(logit + bias + blob)`, per world unit.
public struct DensityActivation: Codable, Sendable, Hashable {
    public enum Function: String, Codable, Sendable {
        /// `scale * log(1 + exp(s))`
        case softplus
        /// `scale * exp(min(s, 15))`
        case exponential
    }

    /// A radial function added to the logit, so that a new field has density near the origin.
    ///
    /// Widths are in world units.
    public enum Blob: Codable, Sendable, Hashable {
        case none
        /// `amplitude * exp(-r^2 / (2 width^2))`
        case gaussian(amplitude: Float, width: Float)
        /// `amplitude * (1 - r / width)`
        case cone(amplitude: Float, width: Float)
    }

    public var activation: Function
    public var scale: Float
    public var bias: Float
    public var blob: Blob

    public init(activation: Function = .softplus, scale: Float = 25, bias: Float = -6, blob: Blob = .none) {
        self.activation = activation
        self.scale = scale
        self.bias = bias
        self.blob = blob
    }

    /// A soft ball around the origin in nearly empty space: the initial density of a lift.
    public static let lift = DensityActivation(blob: .gaussian(amplitude: 7, width: 0.35))
    /// Low density everywhere: the initial density of a fit to many images.
    public static let fit = DensityActivation(bias: -3)
}

/// The architecture of a radiance field.
public struct FieldConfiguration: Codable, Sendable, Hashable {
    /// The region in which rays are sampled.
    public enum Domain: String, Codable, Sendable {
        case cube, sphere
    }

    public var grid: HashGrid
    /// Hidden units of the network (one ReLU layer): a multiple of 8, at most 128.
    public var hiddenWidth: Int
    public var density: DensityActivation
    /// Half the side of the cube that the grid covers, in world units.
    public var bound: Float
    public var domain: Domain
    /// Cells per axis of the occupancy grid, 4...256.
    public var occupancyResolution: Int
    /// Cells with density below this are skipped; per world unit.
    public var occupancyThreshold: Float

    public init(
        grid: HashGrid = HashGrid(), hiddenWidth: Int = 32, density: DensityActivation = .lift,
        bound: Float = 1,
        domain: Domain = .sphere, occupancyResolution: Int = 48, occupancyThreshold: Float = 0.2
    ) {
        self.grid = grid
        self.hiddenWidth = hiddenWidth
        self.density = density
        self.bound = bound
        self.domain = domain
        self.occupancyResolution = occupancyResolution
        self.occupancyThreshold = occupancyThreshold
    }

    /// Number of parameters of the network: W1 [hidden, inputs], b1 [hidden], W2 [4, hidden], b2 [4].
    public var networkParameterCount: Int { hiddenWidth * grid.inputs + hiddenWidth + 4 * hiddenWidth + 4 }

    /// Throws `FieldError` naming the first value out of range.
    public func validate() throws {
        try grid.validate()
        try FieldError.require(
            hiddenWidth % 8 == 0 && 8...128 ~= hiddenWidth, "hiddenWidth", "\(hiddenWidth)",
            "a multiple of 8, at most 128")
        try FieldError.require(bound > 0 && bound.isFinite, "bound", "\(bound)", "positive")
        try FieldError.require(
            density.scale > 0 && density.scale.isFinite, "density.scale", "\(density.scale)", "positive")
        try FieldError.require(
            4...256 ~= occupancyResolution, "occupancyResolution", "\(occupancyResolution)", "4 to 256")
    }
}
