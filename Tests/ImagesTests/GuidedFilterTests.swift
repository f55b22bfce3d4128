// The guided filter moves a mask's edge to the picture's.

import Arrays
import Images
import Testing

@Suite struct GuidedFilterTests {
    private static let size = 96

    private static func isInDisc(_ x: Int, _ y: Int) -> Bool {
        let (dx, dy) = (Float(x) - 47.5, Float(y) - 47.5)
        return dx * dx + dy * dy < 30 * 30
    }

    /// A disc as blocks of eight pixels see it.
    private static let coarse = Mask(
        width: size, height: size,
        inside: (0..<size * size).map { isInDisc($0 % size / 8 * 8 + 4, $0 / size / 8 * 8 + 4) })
    private static let truth = Mask(
        width: size, height: size, inside: (0..<size * size).map { isInDisc($0 % size, $0 / size) })

    /// The disc in one colour on another, `[height, width, 3]`.
    private static func picture(_ disc: SIMD3<Float>, _ ground: SIMD3<Float>, scale: Int = 1) -> Image {
        let side = size * scale
        return Image(
            NDArray(shape: [side, side, 3]) { out in
                for i in 0..<side * side {
                    let colour = isInDisc(i % side / scale, i / side / scale) ? disc : ground
                    for k in 0..<3 { out[3 * i + k] = colour[k] }
                }
            })
    }

    /// The colours differ in one channel only, and little.
    @Test func aCoarseOutlineFindsTheEdge() {
        let before = Self.coarse.intersectionOverUnion(Self.truth)
        let mask = Self.coarse.guided(by: Self.picture([0.4, 0.5, 0.5], [0.4, 0.6, 0.5]), radius: 16)
        let after = mask.intersectionOverUnion(Self.truth)
        #expect(before < 0.93 && after > 0.995, "\(before), then \(after)")
    }

    @Test func theSameForAnyNumberOfThreads() {
        let before = Threads.limit
        defer { Threads.setLimit(before) }
        let masks = [1, 3].map { threads in
            Threads.setLimit(threads)
            return Self.coarse.guided(by: Self.picture([0.4, 0.5, 0.5], [0.4, 0.6, 0.5]), radius: 16)
        }
        #expect(masks[0].values.scalars == masks[1].values.scalars)
    }

    @Test func largeWindowsWorkAtReducedResolution() {
        let large = Mask(
            Self.coarse.image.resized(width: 3 * Self.size, height: 3 * Self.size, filter: .nearest).pixels
                .reshaped([3 * Self.size, 3 * Self.size]))
        let truth = Mask(
            Self.truth.image.resized(width: 3 * Self.size, height: 3 * Self.size, filter: .nearest).pixels
                .reshaped([3 * Self.size, 3 * Self.size]))
        let mask = large.guided(by: Self.picture([0.9, 0.3, 0.2], [0.2, 0.3, 0.6], scale: 3), radius: 48)
        let overlap = mask.intersectionOverUnion(truth)
        #expect(overlap > 0.98, "\(overlap)")
    }

    @Test func aPlainPictureMovesNoEdge() {
        let mask = Self.truth.guided(by: Self.picture([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]), radius: 6)
        let overlap = mask.intersectionOverUnion(Self.truth)
        // Where there is no colour to go by the window's mean remains, which rounds the disc off a little.
        #expect(overlap > 0.95, "\(overlap)")
    }
}
