// Contact sheets of many objects, for inspection.

public enum ToySheet {
    /// A sheet with `objects` objects of each class in a row, each from `views` viewpoints, classes in `columns`
    /// columns.
    ///
    /// - Throws: ``ToyError`` for an unknown class.
    public static func render(
        classes: [String], seed: UInt64, objects: Int, views: Int, size: Int, columns: Int
    ) throws(ToyError) -> ToyPicture {
        let across = objects * views * columns, rows = (classes.count + columns - 1) / columns
        var sheet = ToyPicture(
            width: across * size, height: rows * size,
            colour: [Float](repeating: 0.92, count: across * rows * size * size * 4), depth: [], normal: [])
        for (index, name) in classes.enumerated() {
            for o in 0..<objects {
                let object = try ToyObject.make(seed: seed + UInt64(o), split: .heldOut, className: name)
                for v in 0..<views {
                    let camera = ToyCamera(azimuth: 25 + 360 * Float(v) / Float(views), elevation: 15)
                    let cell = ToyRenderer.render(object, camera: camera, width: size, height: size)
                    let column = (index % columns) * objects * views + o * views + v
                    sheet.paste(cell, x: column * size, y: index / columns * size)
                }
            }
        }
        return sheet
    }
}

extension ToyPicture {
    /// Pastes `other` with its top left corner at (x, y).
    mutating func paste(_ other: ToyPicture, x: Int, y: Int) {
        for row in 0..<other.height {
            for column in 0..<other.width {
                let from = (row * other.width + column) * 4, to = ((y + row) * width + x + column) * 4
                let keep = 1 - other.colour[from + 3]
                for c in 0..<3 { colour[to + c] = other.colour[from + c] + keep * colour[to + c] }
                colour[to + 3] = other.colour[from + 3] + keep * colour[to + 3]
            }
        }
    }
}
