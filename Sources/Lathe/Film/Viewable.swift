// The interface of what can be filmed.

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
        var settings = RenderSettings()
        settings.samplesAcross = max(128, min(192, size))
        settings.wantsNormals = needsNormals
        let rendering = render(camera.rays(width: size, height: size), settings)
        return ViewPicture(
            size: size, colour: rendering.picture(width: size, height: size), depth: rendering.depth,
            normal: rendering.normal)
    }
}
