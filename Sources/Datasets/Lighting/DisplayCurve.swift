// The sRGB transfer curve as tables: colours of surfaces are lit in linear light and shown in sRGB.

import Foundation

package enum DisplayCurve {
    private static let size = 4096
    private static let toLinear: [Float] = (0...size).map {
        let v = Double($0) / Double(size)
        return Float(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4))
    }
    private static let toDisplay: [Float] = (0...size).map {
        let v = Double($0) / Double(size)
        return Float(v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055)
    }

    /// sRGB values to linear ones; values outside [0, 1] are clamped.
    package static func linear(_ c: SIMD3<Float>) -> SIMD3<Float> { look(toLinear, c) }

    /// Linear values to sRGB ones; values outside [0, 1] are clamped.
    package static func display(_ c: SIMD3<Float>) -> SIMD3<Float> { look(toDisplay, c) }

    private static func look(_ table: [Float], _ c: SIMD3<Float>) -> SIMD3<Float> {
        let place = c.clamped(lowerBound: .zero, upperBound: .one) * Float(size)
        return table.withUnsafeBufferPointer {
            SIMD3($0[Int(place.x + 0.5)], $0[Int(place.y + 0.5)], $0[Int(place.z + 0.5)])
        }
    }
}
