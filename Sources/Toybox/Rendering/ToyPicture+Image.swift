// Conversion of rendered images to `Image`.

import Arrays
public import Images

extension ToyPicture {
    /// The image with straight alpha.
    public var image: Image {
        var straight = colour
        for pixel in stride(from: 0, to: straight.count, by: 4) where straight[pixel + 3] > 0 {
            for c in 0..<3 { straight[pixel + c] = min(1, straight[pixel + c] / straight[pixel + 3]) }
        }
        return Image(NDArray(straight, shape: [height, width, 4]))
    }
}

extension ToyScene {
    /// The scene's photograph.
    public var photograph: Image { Image(width: width, height: height, channels: 3, bytes: image) }

    /// The visible mask of `items[index]`, white on black, one channel.
    public func mask(of index: Int) -> Image {
        precondition(items.indices.contains(index), "ToyScene.mask: item \(index) of \(items.count)")
        return Image(
            width: width, height: height, channels: 1, bytes: ids.map { $0 == UInt8(index + 1) ? 255 : 0 })
    }
}
