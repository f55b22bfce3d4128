// An equirectangular picture of a place, as a background and as a light.

package import Images
import Toybox

/// A panorama: longitude along x, latitude from the zenith down.
package struct Panorama: Sendable {
    /// The picture in sRGB.
    package let picture: SurfaceTexture
    /// Linear radiance averaged over cells of 11.25 degrees, `[16, 32]`.
    package let cells: [SIMD3<Float>]
    package static let columns = 32
    package static let rows = 16

    package init(_ image: Image) {
        let picture = SurfaceTexture(image)
        var sums = [SIMD4<Float>](repeating: .zero, count: Self.columns * Self.rows)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let cell = (y * Self.rows / picture.height) * Self.columns + x * Self.columns / picture.width
                var value = DisplayCurve.linear(picture.texels[y * picture.width + x])
                // Eight bits cut off what is brighter than white: near white stands for more.
                let peak = value.max()
                if peak > 0.9 { value *= 1 + 40 * (peak - 0.9) }
                sums[cell] += SIMD4(value, 1)
            }
        }
        self.picture = picture
        cells = sums.map { SIMD3($0.x, $0.y, $0.z) / max($0.w, 1) }
    }

    /// The direction of the middle of a cell, longitude 0 towards +z.
    package static func direction(row: Int, column: Int) -> SIMD3<Float> {
        let latitude = Float.pi * (0.5 - (Float(row) + 0.5) / Float(rows))
        let longitude = 2 * Float.pi * ((Float(column) + 0.5) / Float(columns) - 0.5)
        return SIMD3(
            ToyMath.sin(longitude) * ToyMath.cos(latitude), ToyMath.sin(latitude),
            ToyMath.cos(longitude) * ToyMath.cos(latitude))
    }
}
