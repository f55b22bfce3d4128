// The only file of this target that calls the C kernels.
import Arrays
internal import CKernels

/// Sizes shared with the kernels.
enum SlabLayout {
    /// Sample slots of one slab.
    static let slots = Int(CK_SLAB)
    static let densityRow = Int(CK_ROW_SIGMA.rawValue)
    static let gradientRow = Int(CK_ROW_GX.rawValue)

    static func floats(inputs: Int, normals: Bool) -> Int {
        Int(ck_radiance_slab_floats(Int32(inputs), normals ? 1 : 0))
    }
}

/// Columns of `Rendering.outputs`.
public enum RayOutput {
    /// Premultiplied red; green and blue follow.
    public static let red = Int(CK_RAY_RED)
    public static let opacity = Int(CK_RAY_OPACITY)
    public static let depth = Int(CK_RAY_DEPTH)
    /// The normal's x; y and z follow.
    public static let normal = Int(CK_RAY_NORMAL_X)
    public static let distortion = Int(CK_RAY_DISTORTION)
    /// Numbers per ray.
    public static let count = Int(CK_RAY_OUTPUTS)
}

/// States of the rays of one chunk.
final class RayStates {
    fileprivate let pointer: UnsafeMutablePointer<ck_ray>
    let count: Int

    init(count: Int) {
        self.count = count
        pointer = .allocate(capacity: max(1, count))
        pointer.initialize(repeating: ck_ray(), count: count)
    }

    deinit { pointer.deallocate() }

    /// Copies the outputs of every ray to `[count][outputs]`.
    func copyOutputs(to target: UnsafeMutablePointer<Float>) {
        for r in 0..<count {
            withUnsafeBytes(of: &pointer[r].outputs) {
                let row = UnsafeMutableRawBufferPointer(
                    start: target + r * RayOutput.count, count: $0.count)
                row.copyMemory(from: UnsafeRawBufferPointer($0))
            }
        }
    }
}

/// Parameters of one field and settings of ray marching, in the kernels' layout.
///
/// `@unchecked Sendable`: immutable after initialisation; the arrays keep the memory behind the pointers alive.
final class FieldKernel: @unchecked Sendable {
    private let arrays: [NDArray]
    private let occupancy: [UInt8]
    private let levels: UnsafeMutablePointer<ck_grid_level>
    private let bits: UnsafeMutablePointer<UInt8>?
    private var field = ck_field()
    private var march = ck_march()
    private let tier: ck_tier
    let inputs: Int
    let levelCount: Int
    let normals: Bool
    let grouping: RayGrouping

    init(_ field: RadianceField, settings: RenderSettings, tier: KernelTier) {
        let configuration = field.configuration
        let layout = configuration.grid.layout
        precondition(
            tier.rawValue <= KernelTier.detected.rawValue, "RadianceField: \(tier) is not supported here")
        self.tier = ck_tier(rawValue: tier.rawValue)
        arrays = [field.grid, field.network]
        levelCount = layout.count
        inputs = configuration.grid.inputs
        normals = settings.wantsNormals
        grouping = RayGrouping(tableFloats: field.grid.count)
        levels = .allocate(capacity: layout.count)
        for (i, level) in layout.enumerated() {
            let weight = i < field.levelWeights.count ? field.levelWeights[i] : 1
            (levels + i).initialize(
                to: ck_grid_level(
                    resolution: Int32(level.resolution), entries: UInt32(level.entries),
                    offset: UInt32(level.offset), hashed: level.isHashed ? 1 : 0, weight: weight))
        }
        self.field.table = arrays[0].withUnsafeBuffer { $0.baseAddress }
        self.field.network = arrays[1].withUnsafeBuffer { $0.baseAddress }
        self.field.levels = UnsafePointer(levels)
        self.field.level_count = Int32(layout.count)
        self.field.features = Int32(configuration.grid.featuresPerLevel)
        self.field.smooth = configuration.grid.interpolation == .smoothstep ? 1 : 0
        self.field.hidden = Int32(configuration.hiddenWidth)
        self.field.activation = configuration.density.activation == .softplus ? 0 : 1
        self.field.density_scale = configuration.density.scale
        self.field.density_bias = configuration.density.bias
        switch configuration.density.blob {
        case .none: self.field.blob = 0
        case .gaussian(let amplitude, let width):
            (self.field.blob, self.field.blob_amplitude, self.field.blob_width) = (1, amplitude, width)
        case .cone(let amplitude, let width):
            (self.field.blob, self.field.blob_amplitude, self.field.blob_width) = (2, amplitude, width)
        }
        self.field.bound = configuration.bound

        occupancy = settings.skipsEmptySpace ? field.occupancy.bits : []
        if occupancy.isEmpty {
            bits = nil
        } else {
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: occupancy.count)
            copy.initialize(from: occupancy, count: occupancy.count)
            bits = copy
        }
        march.occupancy = bits.map { UnsafePointer($0) }
        march.occupancy_resolution = Int32(field.occupancy.resolution)
        march.sphere = configuration.domain == .sphere ? 1 : 0
        march.jitter = settings.jitterSeed == nil ? 0 : 1
        march.seed = settings.jitterSeed ?? 0
        march.near = settings.near
        march.step = 2 * configuration.bound / Float(settings.samplesAcross)
        march.floor = settings.transmittanceFloor
        march.normals = settings.wantsNormals ? 1 : 0
    }

    deinit {
        levels.deallocate()
        bits?.deallocate()
    }

    var networkCount: Int { Int(ck_radiance_network_count(Int32(inputs), field.hidden)) }
    var slabFloats: Int { SlabLayout.floats(inputs: inputs, normals: normals) }
    /// Floats of the scratch in which `adjoint` and `pointsAdjoint` accumulate.
    var laneFloats: Int { 16 * networkCount + (normals ? inputs * SlabLayout.slots : 0) }

    func start(rays: UnsafePointer<Float>, first: Int, _ states: RayStates) {
        ck_radiance_rays_start(
            tier, &field, &march, rays, Int32(states.count), UInt32(truncatingIfNeeded: first), states.pointer
        )
    }

    /// Appends samples to `slab`.
    /// - Returns: the slots that were filled.
    func march(_ states: RayStates, slab: Slab) -> Range<Int> {
        let offset = slab.used
        slab.used = Int(
            ck_radiance_march(
                tier, &field, &march, states.pointer, Int32(states.count), slab.pointer, Int32(offset)))
        return offset..<slab.used
    }

    func encode(level: Int, slab: Slab, slots: Range<Int>) {
        ck_radiance_encode(
            tier, &field, Int32(level), slab.pointer, Int32(slots.lowerBound), Int32(slots.upperBound))
    }

    /// Reads share `share` of `shares` of a level's rows sequentially into the cache, which takes a fraction of the
    /// time of random access by samples.
    func warm(level: Int, share: Int = 0, of shares: Int = 1, in table: UnsafePointer<Float>? = nil) {
        let rows = rows(of: level), length = rows.count / shares
        ck_radiance_warm((table ?? field.table) + rows.lowerBound + share * length, Int64(length))
    }

    /// A level's range in the table, in floats.
    func rows(of level: Int) -> Range<Int> {
        let start = Int(levels[level].offset)
        return start..<start + Int(levels[level].entries) * Int(field.features)
    }

    func composite(_ states: RayStates, slab: Slab, slots: Range<Int>) {
        ck_radiance_composite(
            tier, &field, &march, states.pointer, slab.pointer, Int32(slots.lowerBound),
            Int32(slots.upperBound))
    }

    func adjoint(
        _ states: RayStates, outputs: UnsafePointer<Float>, adjoints: UnsafePointer<Float>, slab: Slab,
        lanes: UnsafeMutablePointer<Float>
    ) {
        ck_radiance_slab_adjoint(
            tier, &field, &march, states.pointer, outputs, adjoints, slab.pointer, Int32(slab.used), lanes)
    }

    func sumLanes(_ lanes: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>) {
        ck_radiance_lanes_sum(tier, lanes, Int64(networkCount), sums)
    }

    func scatter(level: Int, slab: Slab, withNormals: Bool, into gradient: UnsafeMutablePointer<Float>) {
        ck_radiance_scatter(
            tier, &field, Int32(level), slab.pointer, Int32(slab.used), withNormals ? 1 : 0, gradient)
    }

    func points(_ points: UnsafePointer<Float>, count: Int, logit: Bool, slab: Slab) {
        slab.used = Int(
            ck_radiance_points(
                tier, &field, points, Int32(count), normals ? 1 : 0, logit ? 1 : 0, slab.pointer))
    }

    func pointsAdjoint(
        _ adjoints: UnsafePointer<Float>, count: Int, slab: Slab, lanes: UnsafeMutablePointer<Float>
    ) {
        ck_radiance_points_adjoint(tier, &field, adjoints, Int32(count), slab.pointer, lanes)
    }

    func updateOccupancy(
        resolution: Int, first: Int, stride: Int, count: Int, seed: UInt32, decay: Float,
        densities: UnsafeMutablePointer<Float>, slab: Slab
    ) {
        ck_radiance_occupancy_update(
            tier, &field, Int32(resolution), Int64(first), Int64(stride), Int32(count), seed, decay,
            densities,
            slab.pointer)
    }
}

/// Kernels that need no field.
enum VectorKernels {
    private static let tier = ck_tier(rawValue: KernelTier.selected.rawValue)

    /// Bits of the occupied cells, and the number of set bits.
    static func occupancyBits(
        _ densities: UnsafePointer<Float>, resolution: Int, threshold: Float, dilate: Bool
    ) -> (bits: [UInt8], set: Int) {
        var set = 0
        let bytes = (resolution * resolution * resolution + 7) / 8
        let bits = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            set = Int(
                ck_radiance_occupancy_bits(
                    densities, Int32(resolution), threshold, dilate ? 1 : 0, buffer.baseAddress))
            count = bytes
        }
        return (bits, set)
    }

    static func average(
        _ average: UnsafeMutablePointer<Float>, _ parameters: UnsafePointer<Float>, count: Int, decay: Float
    ) {
        ck_radiance_average(tier, average, parameters, Int64(count), decay)
    }
}
