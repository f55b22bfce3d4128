// Pictures in linear light, and the sRGB transfer curve.

public import Arrays
import Foundation

/// A picture in linear light, straight alpha: `[height, width, channels]`, values from 0 up.
public struct LinearImage: Sendable {
    /// The values; alpha, the last of 2 or 4 channels, is not affected by the transfer curve.
    public var pixels: NDArray

    public init(_ pixels: NDArray) {
        precondition(
            pixels.rank == 3 && (1...4).contains(pixels.shape[2]),
            "LinearImage: shape \(pixels.shape) is not [height, width, 1…4]")
        self.pixels = pixels
    }

    /// The picture in sRGB.
    public var srgb: Image { mapColors(Image(pixels), srgbFromLinear) }
}

extension Image {
    /// The picture in linear light.
    public var linear: LinearImage { LinearImage(mapColors(self, linearFromSRGB).pixels) }
}

private func mapColors(_ image: Image, _ curve: @escaping @Sendable (Float) -> Float) -> Image {
    let (c, colors) = (image.channels, image.hasAlpha ? image.channels - 1 : image.channels)
    return image.mapPixels(channels: c) { source, pixel in
        for channel in 0..<colors { pixel[channel] = curve(source[channel]) }
        if colors < c { pixel[colors] = source[colors] }
    }
}

/// Linear light of an sRGB value (IEC 61966-2-1).
package func linearFromSRGB(_ value: Float) -> Float {
    value <= 0.04045 ? value / 12.92 : powf((value + 0.055) / 1.055, 2.4)
}

/// The sRGB value of linear light (IEC 61966-2-1).
package func srgbFromLinear(_ value: Float) -> Float {
    value <= 0.003_130_8 ? value * 12.92 : 1.055 * powf(value, 1 / 2.4) - 0.055
}
