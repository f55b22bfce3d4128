// What a film can be taken of.

package import Radiance

/// Something that can be looked at from all sides.
package protocol Viewable: Sendable {
    /// - Parameters:
    ///   - size: Side of the square picture, pixels.
    ///   - needsNormals: Whether the normals will be shown; they may be zeros otherwise.
    func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture
}

extension RadianceField: Viewable {
    package func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture {
        var settings = RenderSettings()
        settings.samplesAcross = max(128, min(384, size))
        settings.wantsNormals = needsNormals
        let rendering = render(camera.rays(width: size, height: size), settings)
        return ViewPicture(
            size: size, colour: rendering.picture(width: size, height: size), depth: rendering.depth,
            normal: rendering.normal)
    }
}
