// Small fields and rays shared by the tests of this target.
import Arrays
import Radiance

enum FieldFixtures {
    /// Two dense and one hashed level.
    static func configuration(
        _ interpolation: HashGrid.Interpolation = .linear, features: Int = 2,
        density: DensityActivation = DensityActivation(scale: 3, bias: -0.5)
    ) -> FieldConfiguration {
        FieldConfiguration(
            grid: HashGrid(
                levels: 3, featuresPerLevel: features, log2TableSize: 9, baseResolution: 3,
                finestResolution: 13,
                interpolation: interpolation),
            hiddenWidth: 16, density: density, occupancyResolution: 16)
    }

    /// A field with large random features.
    ///
    /// With `steady` half of the hidden units are far above zero and half far
    /// below, so that no finite step moves one through the kink (normals jump there).
    static func field(_ configuration: FieldConfiguration, seed: UInt64 = 7, steady: Bool = false) throws
        -> RadianceField
    {
        var random = RandomStream(seed: seed, stream: "field")
        var field = try RadianceField(configuration, random: &random)
        field.grid.withUnsafeMutableBuffer { for i in $0.indices { $0[i] *= 1e4 } }
        if steady {
            let first = configuration.hiddenWidth * configuration.grid.inputs
            field.network.withUnsafeMutableBuffer {
                for i in 0..<first { $0[i] *= 0.3 }
                for j in 0..<configuration.hiddenWidth { $0[first + j] = j % 2 == 0 ? 3 : -3 }
            }
        }
        return field
    }

    /// Rays of a small picture from an oblique camera, one of which misses the field.
    static func rays() -> RayBatch {
        let picture = Camera(azimuth: 33, elevation: 17).rays(width: 13, height: 11)
        return .concatenated([picture, RayBatch(NDArray([0, 0, 3, 0, 0, 1], shape: [1, 6]))])
    }
}
