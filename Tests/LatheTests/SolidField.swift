// Fields whose shape and colours are known: a ball written vertex by vertex into a grid without hashing.

import Arrays
import Foundation
import Radiance

enum SolidField {
    /// Cells along each side of the cube from -1 to 1; its vertices fit the table, so none is hashed.
    private static let cells = 30
    /// Logits per scene unit: opaque 0.05 units below the surface, clear 0.1 units above it.
    private static let sharpness: Float = 60

    /// A ball, opaque inside.
    /// - Parameter colour: sRGB in 0.01 … 0.99 at a position in scene units.
    static func ball(
        centre: SIMD3<Float> = .zero, radius: Float = 0.6, colour: (SIMD3<Float>) -> SIMD3<Float>
    ) throws -> RadianceField {
        let configuration = FieldConfiguration(
            grid: HashGrid(
                levels: 1, featuresPerLevel: 4, log2TableSize: 15, baseResolution: cells,
                finestResolution: cells),
            hiddenWidth: 8, density: DensityActivation(scale: 25, bias: 0), occupancyResolution: 32)
        let side = cells + 1
        let grid = NDArray(shape: [configuration.grid.parameterCount]) { table in
            for index in table.indices { table[index] = 0 }
            for vertex in 0..<side * side * side {
                let place = SIMD3(vertex % side, vertex / side % side, vertex / (side * side))
                let position = SIMD3<Float>(place) * (2 / Float(cells)) - 1
                let offset = position - centre
                let distance = radius - (offset * offset).sum().squareRoot()
                table[4 * vertex] = max(-20, min(20, distance * sharpness))
                for channel in 0..<3 {
                    let share = max(0.01, min(0.99, colour(position)[channel]))
                    table[4 * vertex + 1 + channel] = log(share / (1 - share))
                }
            }
        }
        var field = try RadianceField(
            configuration, grid: grid, network: identity(hidden: configuration.hiddenWidth))
        // Empty cells are found once, so that rays skip them.
        field.updateOccupancy(seed: 1)
        field.updateOccupancy(seed: 2)
        return field
    }

    /// Red in front (+z), green on the right (+x), blue behind, yellow on the left.
    static func sides(_ position: SIMD3<Float>) -> SIMD3<Float> {
        if abs(position.z) >= abs(position.x) {
            return position.z > 0 ? SIMD3(0.9, 0.1, 0.1) : SIMD3(0.1, 0.1, 0.9)
        }
        return position.x > 0 ? SIMD3(0.1, 0.9, 0.1) : SIMD3(0.9, 0.9, 0.1)
    }

    /// A network whose outputs are the four features: each passes the ReLU raised by 32 and is lowered again.
    private static func identity(hidden: Int) -> NDArray {
        NDArray(shape: [hidden * 4 + hidden + 4 * hidden + 4]) { values in
            for index in values.indices { values[index] = 0 }
            let (bias1, weights2) = (4 * hidden, 5 * hidden)
            for feature in 0..<4 {
                values[feature * 4 + feature] = 1
                values[bias1 + feature] = 32
                values[weights2 + feature * hidden + feature] = 1
                values[weights2 + 4 * hidden + feature] = -32
            }
        }
    }
}

/// The name of the nearest of the colours of `SolidField.sides`, white or black.
func colourName(_ colour: SIMD3<Float>) -> String {
    let names: [(String, SIMD3<Float>)] = [
        ("red", SIMD3(0.9, 0.1, 0.1)), ("green", SIMD3(0.1, 0.9, 0.1)), ("blue", SIMD3(0.1, 0.1, 0.9)),
        ("yellow", SIMD3(0.9, 0.9, 0.1)), ("white", SIMD3(1, 1, 1)), ("black", SIMD3(0, 0, 0)),
    ]
    func distance(_ other: SIMD3<Float>) -> Float { ((colour - other) * (colour - other)).sum() }
    return names.min { distance($0.1) < distance($1.1) }?.0 ?? ""
}
