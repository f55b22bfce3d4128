// Alpha compositing and premultiplication.

public import Arrays

extension Image {
    /// The image composited over one colour, without alpha; blended in sRGB, as browsers and Pillow do.
    /// - Parameter color: RGB values, or one value for grey; a grey image over grey remains grey.
    public func composited(over color: [Float]) -> Image {
        precondition(
            color.count == 1 || color.count == 3, "Image.composited: a colour of \(color.count) values")
        let target = channels < 3 && color.count == 1 ? 1 : 3
        let background = color.count == 3 ? color : [color[0], color[0], color[0]]
        guard hasAlpha else { return target == 1 ? self : rgb }
        let source = target == 1 ? self : rgba
        let last = source.channels - 1
        return source.mapPixels(channels: target) { source, pixel in
            let opacity = source[last]
            for channel in 0..<target {
                pixel[channel] = source[channel] * opacity + background[channel] * (1 - opacity)
            }
        }
    }

    /// The image composited over another of the same size (Porter–Duff "over", in sRGB); has alpha if `below` has.
    public func composited(over below: Image) -> Image {
        precondition(
            below.width == width && below.height == height,
            "Image.composited: \(pixels.shape) over \(below.pixels.shape)")
        let (top, base) = (rgba, below.rgba)
        let result = Image(
            top.pixels.withUnsafeBuffer { a in
                base.pixels.withUnsafeBuffer { b in
                    NDArray(shape: top.pixels.shape) { out in
                        for pixel in stride(from: 0, to: out.count, by: 4) {
                            let share = a[pixel + 3]
                            let rest = b[pixel + 3] * (1 - share)
                            let total = share + rest
                            let scale = total > 0 ? 1 / total : 0
                            for channel in 0..<3 {
                                out[pixel + channel] =
                                    (a[pixel + channel] * share + b[pixel + channel] * rest) * scale
                            }
                            out[pixel + 3] = total
                        }
                    }
                }
            })
        return below.hasAlpha ? result : result.rgb
    }

    /// Colours multiplied by opacity, `[height, width, channels]`; unchanged for an image without alpha.
    public func premultiplied() -> NDArray {
        guard hasAlpha else { return pixels }
        let last = channels - 1
        return mapPixels(channels: channels) { source, pixel in
            for channel in 0..<last { pixel[channel] = source[channel] * source[last] }
            pixel[last] = source[last]
        }.pixels
    }

    /// An image from premultiplied colours; the colour is zero where opacity is zero.
    /// - Parameter pixels: `[height, width, 2 or 4]`.
    public init(premultiplied pixels: NDArray) {
        let image = Image(pixels)
        precondition(image.hasAlpha, "Image: premultiplied values of shape \(pixels.shape) have no alpha")
        let last = image.channels - 1
        self = image.mapPixels(channels: image.channels) { source, pixel in
            let scale = source[last] > 0 ? 1 / source[last] : 0
            for channel in 0..<last { pixel[channel] = min(1, source[channel] * scale) }
            pixel[last] = source[last]
        }
    }
}
