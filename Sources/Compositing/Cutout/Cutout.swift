// An object cut out of a photograph: soft edge, estimated foreground colours, framed for the lift.

package import Arrays
package import Images

/// No pixel of a mask is above one half, so there is nothing to cut out.
package struct EmptyMaskError: Error, CustomStringConvertible {
    package var description: String {
        "the selection is empty: no pixel belongs to an object; select again"
    }
}

/// An object without its background.
package struct Cutout: Sendable {
    /// `[height, width, 3]`, sRGB, straight alpha; foreground colours extend past the edge.
    package let colour: NDArray
    /// `[height, width]`, 0 … 1.
    package let opacity: NDArray
    /// Top left corner of these pixels in the photograph.
    package let origin: (x: Int, y: Int)
    /// The object's half-open box (opacity above one half) in the photograph.
    package let box: (x: Range<Int>, y: Range<Int>)

    /// Cuts an object out.
    /// - Parameters:
    ///   - colour: the photograph, `[height, width, 3]`, sRGB 0 … 1.
    ///   - mask: `[height, width]`, 0 … 1.
    ///   - clean: whether to estimate foreground colours along the edge; false for pictures with their own
    ///     alpha channel.
    /// - Throws: ``EmptyMaskError``.
    package init(colour: NDArray, mask: NDArray, clean: Bool = true) throws {
        precondition(
            colour.rank == 3 && colour.shape[2] == 3 && mask.shape == Array(colour.shape[0..<2]),
            "Cutout: colour \(colour.shape) and mask \(mask.shape) do not agree")
        let (box, rows, columns) = try Cutout.place(of: mask)
        self.box = box
        let (h, w) = (colour.shape[0], colour.shape[1])
        origin = (columns.lowerBound, rows.lowerBound)
        let cropped = Cutout.crop(colour, rows: rows, columns: columns)
        opacity = Cutout.crop(mask.reshaped([h, w, 1]), rows: rows, columns: columns)
            .reshaped([rows.count, columns.count])
        self.colour = clean ? ForegroundEstimation.colours(cropped, opacity: opacity) : cropped
    }

    /// The object's box, and the rows and columns that are cut out: with a margin for the soft edge and for the square
    /// frame.
    static func place(of mask: NDArray) throws -> (
        box: (x: Range<Int>, y: Range<Int>), rows: Range<Int>, columns: Range<Int>
    ) {
        guard let box = Cutout.box(of: mask) else { throw EmptyMaskError() }
        let margin = 4 + max(box.x.count, box.y.count) / 32
        return (
            box, max(0, box.y.lowerBound - margin)..<min(mask.shape[0], box.y.upperBound + margin),
            max(0, box.x.lowerBound - margin)..<min(mask.shape[1], box.x.upperBound + margin)
        )
    }

    /// The square crop that frames the object, in photograph pixels.
    package var framing: Framing { Framing(box: box) }

    /// The framed object, premultiplied RGBA `[size, size, 4]`, `size` in pixels.
    package func framed(size: Int) -> NDArray {
        let local = (
            x: box.x.lowerBound - origin.x..<box.x.upperBound - origin.x,
            y: box.y.lowerBound - origin.y..<box.y.upperBound - origin.y
        )
        return Framing(box: local).sample(premultiplied, size: size)
    }

    /// The object as premultiplied RGBA, `[height, width, 4]`.
    package var premultiplied: NDArray {
        let (h, w) = (opacity.shape[0], opacity.shape[1])
        return NDArray(shape: [h, w, 4]) { out in
            colour.withUnsafeBuffer { colour in
                opacity.withUnsafeBuffer { opacity in
                    for i in 0..<h * w {
                        for k in 0..<3 { out[4 * i + k] = colour[3 * i + k] * opacity[i] }
                        out[4 * i + 3] = opacity[i]
                    }
                }
            }
        }
    }

    /// Side of the framing square at the photograph's resolution, but 64 to 512 pixels.
    package var nativeSide: Int { max(64, min(512, Int(framing.side.rounded(.up)))) }

    /// The framed object with straight alpha, ``nativeSide`` pixels a side.
    package var picture: Image { Image(premultiplied: framed(size: nativeSide)) }

    /// The object at its place in the photograph, straight alpha; `width` and `height` are the photograph's.
    package func inPlace(width: Int, height: Int) -> Image {
        var whole = Image(width: width, height: height, color: [0, 0, 0, 0])
        whole.paste(Image(colour).withAlpha(opacity), left: origin.x, top: origin.y)
        return whole
    }

    /// The framed object over white, as captioning models expect it.
    package var onWhite: Image { picture.composited(over: [1, 1, 1]) }

    /// The bounding box of all pixels above one half; nil when there is none.
    package static func box(of mask: NDArray) -> (x: Range<Int>, y: Range<Int>)? {
        precondition(mask.rank == 2, "Cutout.box: mask \(mask.shape)")
        let (h, w) = (mask.shape[0], mask.shape[1])
        var (x0, x1, y0, y1) = (w, 0, h, 0)
        mask.withUnsafeBuffer { mask in
            for y in 0..<h {
                for x in 0..<w where mask[y * w + x] > 0.5 {
                    (x0, x1, y0, y1) = (min(x0, x), max(x1, x + 1), min(y0, y), max(y1, y + 1))
                }
            }
        }
        return x0 < x1 ? (x0..<x1, y0..<y1) : nil
    }

    private static func crop(_ picture: NDArray, rows: Range<Int>, columns: Range<Int>) -> NDArray {
        let (w, c) = (picture.shape[1], picture.shape[2])
        return NDArray(shape: [rows.count, columns.count, c]) { out in
            picture.withUnsafeBuffer { input in
                for y in 0..<rows.count {
                    let source = ((rows.lowerBound + y) * w + columns.lowerBound) * c
                    let target = y * columns.count * c
                    for i in 0..<columns.count * c { out[target + i] = input[source + i] }
                }
            }
        }
    }
}
