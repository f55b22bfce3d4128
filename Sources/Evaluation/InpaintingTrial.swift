// Holes with known content, for scoring inpainting.

package import Images
import Toybox

/// A picture with a hole whose content is known.
package struct InpaintingTrial: Sendable {
    /// The picture's name and the number of the hole.
    package let name: String
    /// RGB, with the content of the hole.
    package let picture: Image
    /// The pixels to fill.
    package let hole: Mask

    /// Holes in the shape of objects at random places of a picture, 10 to 30 % of its shorter side long.
    ///
    /// The shapes are silhouettes of held-out objects of the toy world; picture size and seed determine the
    /// holes.
    package static func trials(on picture: Image, name: String, count: Int, seed: UInt64) throws
        -> [InpaintingTrial]
    {
        let short = min(picture.width, picture.height)
        return try (0..<count).map { index in
            let number = seed &* 1000 &+ UInt64(index)
            var random = ToyRandom(seed: number, split: .heldOut, stream: 600)
            let object = try ToyObject.make(seed: random.next() >> 1, split: .heldOut)
            let side = max(4, Int(random.uniform(0.1, 0.3) * Float(short)))
            let camera = ToyRenderer.framing(
                object,
                camera: ToyCamera(azimuth: random.uniform(-180, 180), elevation: random.uniform(0, 40)),
                fraction: 0.98)
            let shape = ToyRenderer.render(object, camera: camera, width: side, height: side)
            let x0 = random.index(max(1, picture.width - side)),
                y0 = random.index(max(1, picture.height - side))
            let hole = Mask(
                width: picture.width, height: picture.height,
                inside: (0..<picture.width * picture.height).map { pixel in
                    let (x, y) = (pixel % picture.width - x0, pixel / picture.width - y0)
                    guard 0..<side ~= x, 0..<side ~= y else { return false }
                    return shape.colour[(y * side + x) * 4 + 3] > 0.5
                })
            return InpaintingTrial(name: "\(name)-\(index)", picture: picture, hole: hole)
        }
    }
}
