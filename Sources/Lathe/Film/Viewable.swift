// The interface of what can be filmed.

import Images
package import Radiance

/// Something that renders views.
package protocol Viewable: Sendable {
    /// Renders a view.
    /// - Parameters:
    ///   - camera: where it is seen from.
    ///   - size: side of the square picture, pixels.
    ///   - needsNormals: whether normals are needed; they may be zeros otherwise.
    /// - Returns: all channels.
    func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture
}

extension RadianceField: Viewable {
    package func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture {
        // More pixels than this show nothing that interpolation does not: the field is smooth within a cell.
        let side = min(size, max(256, 5 * configuration.grid.finestResolution / 2))
        var settings = RenderSettings()
        settings.samplesAcross = max(128, min(192, side))
        settings.wantsNormals = needsNormals
        let outputs = render(camera.rays(width: side, height: side), settings).outputs
            .reshaped([side, side, RayOutput.count])
        return ViewPicture(
            size: size,
            outputs: resampled(outputs, width: size, height: size, filter: .bicubic, clamped: false))
    }
}
