// Samples of a scalar field at the points of a regular grid.

/// A scalar field sampled on a grid, x fastest, then y, then z.
public struct ScalarGrid: Sendable {
    /// Number of samples along x, y and z.
    public let size: SIMD3<Int>
    /// Position of sample (0, 0, 0), in scene units.
    public let origin: SIMD3<Float>
    /// Distance between samples along each axis, in scene units.
    public let spacing: SIMD3<Float>
    /// The samples; `values[x + size.x * (y + size.y * z)]`.
    public var values: [Float]

    /// Creates a grid from samples.
    /// - Precondition: there are `size.x * size.y * size.z` values.
    public init(size: SIMD3<Int>, origin: SIMD3<Float>, spacing: SIMD3<Float>, values: [Float]) {
        precondition(
            values.count == size.x * size.y * size.z,
            "ScalarGrid: \(values.count) values for a grid of \(size)")
        self.size = size
        self.origin = origin
        self.spacing = spacing
        self.values = values
    }

    /// A cube of `resolution` samples along each axis over [-extent, extent]³, in scene units.
    public init(resolution: Int, extent: Float, _ field: (SIMD3<Float>) -> Float) {
        precondition(resolution >= 2, "ScalarGrid: a resolution of \(resolution) has no cells")
        let spacing = 2 * extent / Float(resolution - 1)
        var values: [Float] = []
        values.reserveCapacity(resolution * resolution * resolution)
        for z in 0..<resolution {
            for y in 0..<resolution {
                for x in 0..<resolution {
                    values.append(field(SIMD3(Float(x), Float(y), Float(z)) * spacing - extent))
                }
            }
        }
        self.init(
            size: SIMD3(repeating: resolution), origin: SIMD3(repeating: -extent),
            spacing: SIMD3(repeating: spacing), values: values)
    }

    /// The position of a sample in scene units.
    func position(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Float> {
        origin + spacing * SIMD3(Float(x), Float(y), Float(z))
    }
}
