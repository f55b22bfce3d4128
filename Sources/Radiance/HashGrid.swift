// Configuration and memory layout of the multi-resolution grid.
import Foundation

/// A multi-resolution grid of feature vectors over the unit cube.
///
/// After Müller and others 2022, section 3. Level l has `resolution` cells per axis, increasing geometrically from
/// base to finest. Levels whose vertices fit `2^log2TableSize` rows are stored densely (x fastest); the others use a
/// spatial hash.
public struct HashGrid: Codable, Sendable, Hashable {
    /// Interpolation between vertices.
    public enum Interpolation: String, Codable, Sendable {
        case linear, smoothstep
    }

    /// Number of levels L, 1...16.
    public var levels: Int
    /// Features per level F: 1, 2, 4 or 8.
    public var featuresPerLevel: Int
    /// Rows of a hashed level, as a power of two: 8...22.
    public var log2TableSize: Int
    /// Cells per axis of the coarsest and of the finest level.
    public var baseResolution: Int
    public var finestResolution: Int
    public var interpolation: Interpolation

    public init(
        levels: Int = 8, featuresPerLevel: Int = 2, log2TableSize: Int = 15, baseResolution: Int = 8,
        finestResolution: Int = 128, interpolation: Interpolation = .linear
    ) {
        self.levels = levels
        self.featuresPerLevel = featuresPerLevel
        self.log2TableSize = log2TableSize
        self.baseResolution = baseResolution
        self.finestResolution = finestResolution
        self.interpolation = interpolation
    }

    /// Position of one level in the flat table.
    struct Level: Hashable {
        var resolution: Int
        var entries: Int
        /// Start, in floats; a multiple of 16.
        var offset: Int
        var isHashed: Bool
    }

    /// Features per sample, L * F.
    package var inputs: Int { levels * featuresPerLevel }

    var layout: [Level] {
        var result: [Level] = []
        var offset = 0
        let ratio = Double(finestResolution) / Double(baseResolution)
        for l in 0..<levels {
            let growth = levels == 1 ? 1 : pow(ratio, Double(l) / Double(levels - 1))
            let resolution = Int(Double(baseResolution) * growth + 1e-6)
            let vertices = (resolution + 1) * (resolution + 1) * (resolution + 1)
            let limit = 1 << log2TableSize
            let entries = min(vertices, limit)
            result.append(
                Level(resolution: resolution, entries: entries, offset: offset, isHashed: vertices > limit))
            offset = (offset + entries * featuresPerLevel + 15) & ~15
        }
        return result
    }

    /// Floats of the whole table.
    public var parameterCount: Int {
        layout.last.map { ($0.offset + $0.entries * featuresPerLevel + 15) & ~15 } ?? 0
    }

    func validate() throws {
        try FieldError.require(1...16 ~= levels, "levels", "\(levels)", "1 to 16")
        try FieldError.require(
            [1, 2, 4, 8].contains(featuresPerLevel), "featuresPerLevel", "\(featuresPerLevel)", "1, 2, 4 or 8"
        )
        try FieldError.require(8...22 ~= log2TableSize, "log2TableSize", "\(log2TableSize)", "8 to 22")
        try FieldError.require(2...4096 ~= baseResolution, "baseResolution", "\(baseResolution)", "2 to 4096")
        try FieldError.require(
            baseResolution...8192 ~= finestResolution, "finestResolution", "\(finestResolution)",
            "baseResolution to 8192")
    }
}
