// A rendered view with all its channels, and their visualisation.

package import Arrays
package import Images
package import Radiance

/// A rendered view.
package struct ViewPicture: Sendable {
    /// Side in pixels.
    package let size: Int
    /// `[size, size, 4]`: premultiplied colour and opacity.
    package let colour: NDArray
    /// `[size, size]`: distance along the ray times opacity, world units.
    package let depth: NDArray
    /// `[size, size, 3]`: unit normals in world axes times opacity.
    package let normal: NDArray

    /// See the properties.
    package init(size: Int, colour: NDArray, depth: NDArray, normal: NDArray) {
        precondition(
            colour.shape == [size, size, 4] && depth.count == size * size && normal.count == size * size * 3,
            "ViewPicture: \(colour.shape), \(depth.shape), \(normal.shape) are not \(size) x \(size)")
        self.size = size
        self.colour = colour
        self.depth = depth
        self.normal = normal
    }

    /// Takes the columns of a rendering, `[size, size, RayOutput.count]`; colours and opacities are clamped to what is
    /// possible, since interpolation may overshoot.
    init(size: Int, outputs: NDArray) {
        let width = RayOutput.count
        precondition(outputs.shape == [size, size, width], "ViewPicture: outputs \(outputs.shape)")
        typealias Value = @Sendable (UnsafePointer<Float>, Int) -> Float
        func columns(_ count: Int, _ value: Value) -> NDArray {
            outputs.withUnsafeBuffer { source in
                NDArray(shape: [size, size, count]) { out in
                    guard let start = source.baseAddress else { return }
                    nonisolated(unsafe) let (source, out) = (start, out)
                    parallelFor(size, chunk: 16) { rows in
                        for pixel in rows.lowerBound * size..<rows.upperBound * size {
                            for k in 0..<count { out[pixel * count + k] = value(source + pixel * width, k) }
                        }
                    }
                }
            }
        }
        let opacity = RayOutput.opacity, red = RayOutput.red
        self.init(
            size: size,
            colour: columns(4) { pixel, k in
                max(0, min(k == 3 ? 1 : min(1, pixel[opacity]), pixel[red + k]))
            },
            depth: columns(1) { pixel, _ in max(0, pixel[RayOutput.depth]) },
            normal: columns(3) { pixel, k in pixel[RayOutput.normal + k] })
    }

    /// The channels side by side over a background.
    /// - Parameters:
    ///   - channels: left to right.
    ///   - background: behind the object.
    ///   - camera: of the view; depth and normals are shown relative to it.
    /// - Returns: `size` pixels high, `size` times the number of channels wide.
    package func shown(_ channels: [FilmOptions.Channel], background: FilmOptions.Background, camera: Camera)
        -> Image
    {
        let panels = channels.map { premultiplied($0, camera: camera) }
        let width = size * panels.count
        let joined = NDArray(shape: [size, width, 4]) { out in
            for (panel, picture) in panels.enumerated() {
                picture.withUnsafeBuffer { input in
                    for y in 0..<size {
                        let target = (y * width + panel * size) * 4
                        for i in 0..<size * 4 { out[target + i] = input[y * size * 4 + i] }
                    }
                }
            }
        }
        let image = Image(premultiplied: joined)
        switch background {
        case .alpha: return image
        case .colour(let red, let green, let blue): return image.composited(over: [red, green, blue])
        }
    }

    /// One channel as premultiplied RGBA, `[size, size, 4]`.
    private func premultiplied(_ channel: FilmOptions.Channel, camera: Camera) -> NDArray {
        switch channel {
        case .rgb:
            return colour
        case .opacity:
            return mapped { _, opacity in SIMD3(repeating: opacity) }
        case .depth:
            // Near is bright; the range is one unit on either side of the origin.
            let distance = (camera.position * camera.position).sum().squareRoot()
            return depth.withUnsafeBuffer { depth in
                mapped { pixel, opacity in
                    let far = max(0, min(1, (depth[pixel] / max(opacity, 1e-4) - distance + 1) / 2))
                    return SIMD3(repeating: (1 - far) * opacity)
                }
            }
        case .normal:
            return normal.withUnsafeBuffer { normal in
                mapped { pixel, opacity in
                    let n = SIMD3(normal[3 * pixel], normal[3 * pixel + 1], normal[3 * pixel + 2])
                    let seen = SIMD3(
                        (n * camera.right).sum(), (n * camera.up).sum(), -(n * camera.forward).sum())
                    return (seen + SIMD3(repeating: opacity)) / 2
                }
            }
        }
    }

    private func mapped(_ body: (Int, Float) -> SIMD3<Float>) -> NDArray {
        colour.withUnsafeBuffer { colour in
            NDArray(shape: [size, size, 4]) { out in
                for pixel in 0..<size * size {
                    let opacity = colour[4 * pixel + 3]
                    let value = body(pixel, opacity)
                    for k in 0..<3 { out[4 * pixel + k] = max(0, min(opacity, value[k])) }
                    out[4 * pixel + 3] = opacity
                }
            }
        }
    }
}
