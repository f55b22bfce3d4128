// An object at its place in the photograph, row by row.

package import Arrays
package import Images

/// What `Cutout.inPlace` gives, without the whole picture in memory.
package struct PlacedObject: Sendable {
    private let colour: NDArray
    private let mask: NDArray
    private let rows: Range<Int>
    private let columns: Range<Int>
    private let cleaned: ForegroundRows?

    /// - Parameters:
    ///   - colour: the photograph, `[height, width, 3]`, sRGB 0 … 1.
    ///   - mask: `[height, width]`, 0 … 1.
    ///   - clean: whether to estimate foreground colours along the edge; see ``Cutout``.
    /// - Throws: ``EmptyMaskError``.
    package init(colour: NDArray, mask: NDArray, clean: Bool = true) throws {
        precondition(
            colour.rank == 3 && colour.shape[2] == 3 && mask.shape == Array(colour.shape[0..<2]),
            "PlacedObject: colour \(colour.shape) and mask \(mask.shape) do not agree")
        (self.colour, self.mask) = (colour, mask)
        (_, rows, columns) = try Cutout.place(of: mask)
        cleaned = clean ? ForegroundRows(colour: colour, opacity: mask, rows: rows, columns: columns) : nil
    }

    /// Some rows of the photograph's size, RGBA, straight alpha; transparent and black beside the object.
    package func rows(_ wanted: Range<Int>) -> Image {
        let w = colour.shape[1]
        var band = Image(width: w, height: wanted.count, color: [0, 0, 0, 0])
        let seen = wanted.clamped(to: rows)
        guard !seen.isEmpty else { return band }
        let colours = cleaned.map {
            $0[seen.lowerBound - rows.lowerBound..<seen.upperBound - rows.lowerBound]
        }
        band.pixels.withUnsafeMutableBuffer { out in
            mask.withUnsafeBuffer { mask in
                (colours ?? colour).withUnsafeBuffer { source in
                    for y in seen {
                        for (i, x) in columns.enumerated() {
                            let to = 4 * ((y - wanted.lowerBound) * w + x)
                            let from =
                                3 * (colours == nil ? y * w + x : (y - seen.lowerBound) * columns.count + i)
                            for k in 0..<3 { out[to + k] = source[from + k] }
                            out[to + 3] = mask[y * w + x]
                        }
                    }
                }
            }
        }
        return band
    }
}
