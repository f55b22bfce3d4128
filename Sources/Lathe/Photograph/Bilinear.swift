// Bilinear interpolation in a square picture.

/// The four pixels around a place in a square picture.
struct Bilinear {
    private let first: Int
    private let side: Int
    private let right: Float
    private let down: Float

    /// - Parameter x, y: pixels from the top left corner; nil within half a pixel of the border or outside.
    init?(x: Float, y: Float, side: Int) {
        let (u, v) = (x - 0.5, y - 0.5)
        guard u >= 0, v >= 0, u < Float(side - 1), v < Float(side - 1) else { return nil }
        let (column, row) = (Int(u), Int(v))
        first = row * side + column
        self.side = side
        (right, down) = (u - Float(column), v - Float(row))
    }

    /// The index of pixel `corner`, 0 … 3, row by row.
    func index(_ corner: Int) -> Int { first + corner % 2 + corner / 2 * side }

    func value(_ pixel: (Int) -> Float) -> Float {
        let upper = pixel(index(0)) * (1 - right) + pixel(index(1)) * right
        return upper * (1 - down) + (pixel(index(2)) * (1 - right) + pixel(index(3)) * right) * down
    }

    func value(_ pixel: (Int) -> SIMD4<Float>) -> SIMD4<Float> {
        let upper = pixel(index(0)) * (1 - right) + pixel(index(1)) * right
        return upper * (1 - down) + (pixel(index(2)) * (1 - right) + pixel(index(3)) * right) * down
    }
}
