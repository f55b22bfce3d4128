// Resizing as pipelines on 8-bit pictures do it, bit for bit.

import Arrays

extension Image {
    /// The samples of the picture at another size, rounded to 8 bits after each direction.
    ///
    /// Pillow's `Image.resize` gives the same bytes: it resizes along rows, rounds, then along columns. Published
    /// preprocessing was trained on that. Sums run over 0…255, where the usual weights are exact and ties round up.
    package func resizedBytes(width: Int, height: Int, filter: ResampleFilter) -> [UInt8] {
        let source = bytes
        let whole = NDArray(shape: [self.height, self.width, channels]) { out in
            for index in out.indices { out[index] = Float(source[index]) }
        }
        let across = resampled(whole, width: width, height: self.height, filter: filter, clamped: false)
        let rounded = NDArray(across.scalars.map { Float(byte($0)) }, shape: across.shape)
        return resampled(rounded, width: width, height: height, filter: filter, clamped: false).scalars.map(
            byte)
    }
}

private func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, (value + 0.5).rounded(.down)))) }
