// A field that shows the photograph's own detail on what the photograph saw.

import Arrays
package import Radiance

/// A field and, if it was lifted from a photograph, that photograph.
///
/// The field's finest level is coarser than the photograph. Where a view shows a part that the photograph shows, its
/// colour is taken from the photograph.
package struct PhotographedField: Viewable {
    /// The field.
    package let field: RadianceField
    /// The photograph; nil for fields of captures.
    package let photograph: PlacedPhotograph?
    private let projection: PhotographProjection?

    /// See the properties.
    package init(_ field: RadianceField, photograph: PlacedPhotograph?) {
        self.field = field
        self.photograph = photograph
        projection = photograph.map { PhotographProjection($0, onto: field) }
    }

    package func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture {
        let plain = field.view(from: camera, size: size, needsNormals: needsNormals)
        guard let projection else { return plain }
        let colour = NDArray(shape: [size, size, 4]) { out in
            plain.colour.withUnsafeBuffer { colour in
                plain.depth.withUnsafeBuffer { depth in
                    nonisolated(unsafe) let (out, colour, depth) = (out, colour, depth)
                    parallelFor(size, chunk: 8) { rows in
                        for pixel in rows.lowerBound * size..<rows.upperBound * size {
                            let opacity = colour[4 * pixel + 3]
                            let shown = PhotographedField.sharpened(opacity)
                            for k in 0..<3 {
                                out[4 * pixel + k] = shown > 0 ? colour[4 * pixel + k] * shown / opacity : 0
                            }
                            out[4 * pixel + 3] = shown
                            guard opacity > 0.5 else { continue }
                            let (origin, ray) = camera.ray(
                                x: Float(pixel % size) + 0.5, y: Float(pixel / size) + 0.5, width: size,
                                height: size)
                            let (seen, weight) = projection.sample(
                                origin + depth[pixel] / opacity * ray, size: size)
                            for k in 0..<3 {
                                out[4 * pixel + k] += weight * (shown * seen[k] - out[4 * pixel + k])
                            }
                        }
                    }
                }
            }
        }
        return ViewPicture(size: size, colour: colour, depth: plain.depth, normal: plain.normal)
    }

    /// Opacity with a narrower edge: the edge of a field of 96 cells is several pixels wide in a film, that of a solid
    /// object about one.
    private static func sharpened(_ opacity: Float) -> Float {
        let t = max(0, min(1, (opacity - 0.25) / 0.5))
        return t * t * (3 - 2 * t)
    }
}
