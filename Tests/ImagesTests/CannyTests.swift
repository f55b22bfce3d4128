// Canny's edges: equal to OpenCV's, and where they must be on simple shapes.

import Arrays
import Images
import TestSupport
import Testing

@Suite struct CannyTests {
    @Test(arguments: ["plain", "noisy", "swapped", "row", "column"])
    func edgesAreOpenCVs(name: String) throws {
        let example = try Fixture("canny/case")
        let picture = Image(try example[name] * (1 / 255))
        let thresholds = try example.integers(name + "_thresholds")
        let edges = picture.cannyEdges(low: thresholds[0], high: thresholds[1])
        #expect(edges.bytes == (try example[name + "_edges"].scalars.map { UInt8($0) }))
        let green = Image(picture.pixels.sliced(axis: 2, 1..<2))
        let greenEdges = green.cannyEdges(low: thresholds[0], high: thresholds[1])
        #expect(greenEdges.bytes == (try example[name + "_grey"].scalars.map { UInt8($0) }))
    }

    @Test func aStepHasOneEdgeOnePixelWide() {
        let step = Image(
            width: 9, height: 5, channels: 1, bytes: (0..<45).map { $0 % 9 < 4 ? 20 : 220 })
        let edges = step.cannyEdges().bytes
        // The gradient is the same on both sides of the step; the first counts.
        #expect(edges == (0..<45).map { $0 % 9 == 3 ? 255 : 0 })
    }

    @Test func faintEdgesCountWhereTheyJoinStrongOnes() {
        func steps(_ contrast: (Int) -> Int) -> Image {
            Image(
                width: 8, height: 12, channels: 1,
                bytes: (0..<96).map { UInt8($0 % 8 < 4 ? 100 : 100 + contrast($0 / 8)) })
        }
        // Strong at the top, faint at the bottom, with no edge where one becomes the other.
        let joined = steps { max(40, 80 - 8 * max(0, $0 - 3)) }.cannyEdges(low: 100, high: 200)
        #expect(joined.bytes.count { $0 > 0 } == 12)
        let faint = steps { _ in 40 }.cannyEdges(low: 100, high: 200)
        #expect(faint.bytes.allSatisfy { $0 == 0 })
    }

    @Test func anEvenPictureHasNoEdges() {
        #expect(Image(width: 1, height: 1, color: [0.3]).cannyEdges().bytes == [0])
        let even = Image(width: 6, height: 4, color: [0.3, 0.9, 0.1, 0.5]).cannyEdges(low: 0, high: 0)
        #expect(even.bytes.allSatisfy { $0 == 0 } && even.channels == 1)
    }
}
