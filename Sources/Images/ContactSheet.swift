// Contact sheets.

import Arrays

extension Image {
    /// Images in a grid, row by row, each centred in a cell of the largest image's size.
    /// - Parameters:
    ///   - columns: images per row; nil for a sheet of about equal width and height.
    ///   - gap: pixels between cells and around the sheet.
    ///   - background: RGB.
    /// - Precondition: there is at least one image.
    public static func contactSheet(
        _ pictures: [Image], columns: Int? = nil, gap: Int = 4, background: [Float] = [1, 1, 1]
    ) -> Image {
        precondition(!pictures.isEmpty, "Image.contactSheet: no pictures")
        precondition(background.count == 3, "Image.contactSheet: a background of \(background.count) values")
        let columns = max(
            1, min(pictures.count, columns ?? Int(Float(pictures.count).squareRoot().rounded(.up))))
        let rows = (pictures.count + columns - 1) / columns
        let cellWidth = pictures.map(\.width).max() ?? 1
        let cellHeight = pictures.map(\.height).max() ?? 1
        var sheet = Image(
            width: columns * (cellWidth + gap) + gap, height: rows * (cellHeight + gap) + gap,
            color: background)
        for (index, picture) in pictures.enumerated() {
            sheet.paste(
                picture.composited(over: background),
                left: gap + (index % columns) * (cellWidth + gap) + (cellWidth - picture.width) / 2,
                top: gap + (index / columns) * (cellHeight + gap) + (cellHeight - picture.height) / 2)
        }
        return sheet
    }

    /// Replaces the pixels from (left, top) on by those of an image with the same number of channels.
    /// - Precondition: it lies inside.
    package mutating func paste(_ picture: Image, left: Int, top: Int) {
        precondition(
            picture.channels == channels && left >= 0 && top >= 0 && left + picture.width <= width
                && top + picture.height <= height,
            "Image.paste: \(picture.pixels.shape) at \(left), \(top) into \(pixels.shape)")
        let (w, c, count) = (width, channels, picture.width * picture.channels)
        picture.pixels.withUnsafeBuffer { source in
            pixels.withUnsafeMutableBuffer { out in
                for row in 0..<picture.height {
                    let start = ((top + row) * w + left) * c
                    for index in 0..<count { out[start + index] = source[row * count + index] }
                }
            }
        }
    }
}
