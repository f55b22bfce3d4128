// Framing and foreground colours on pictures whose answers are known.

import Arrays
import Compositing
import Testing

@Suite struct FramingTests {
    /// `[height, width, 2]` with two different ramps.
    private func ramp(_ height: Int, _ width: Int) -> NDArray {
        NDArray(
            (0..<height * width).flatMap { [Float($0 % width), Float($0 / width)] },
            shape: [height, width, 2])
    }

    @Test func anObjectThatIsFramedAlreadyStaysAsItIs() {
        let picture = ramp(64, 64)
        let framing = Framing(box: (9..<55, 12..<52))
        #expect(framing.sample(picture, size: 64).scalars == picture.scalars)
    }

    @Test func theObjectsBoxLandsCentredOn46Of64() {
        // An object of 92 x 40 pixels somewhere in a larger picture, shrunk by two.
        let box = (x: 30..<122, y: 70..<110)
        let picture = NDArray(
            (0..<160 * 200).map { box.x.contains($0 % 200) && box.y.contains($0 / 200) ? 1 : 0 },
            shape: [160, 200, 1])
        let framed = Framing(box: box).sample(picture, size: 64)
        let inside = (0..<64 * 64).filter { framed.scalars[$0] > 0.5 }
        #expect(inside.map { $0 % 64 }.min() == 9)
        #expect(inside.map { $0 % 64 }.max() == 54)
        #expect(inside.map { $0 / 64 }.min() == 22)
        #expect(inside.map { $0 / 64 }.max() == 41)
        // Shrinking keeps the mean: 92 x 40 pixels at a quarter of the area.
        let covered: Float = framed.scalars.reduce(0, +)
        #expect(abs(covered - 920) < 1)
    }

    @Test func outsideThePictureIsEmpty() {
        let picture = NDArray.full(1, [10, 10, 1])
        let framed = Framing(box: (0..<10, 0..<10)).sample(picture, size: 64)
        #expect(framed.scalars[0] == 0)
        #expect(framed.scalars[32 * 64 + 32] == 1)
    }
}

@Suite struct ForegroundEstimationTests {
    @Test func theBackgroundNoLongerShinesThroughTheEdge() {
        // A red disc with a soft edge over blue.
        let size = 33
        var opacity = [Float]()
        var colour = [Float]()
        for i in 0..<size * size {
            let (x, y) = (Float(i % size) - 16, Float(i / size) - 16)
            let a = max(0, min(1, 10.5 - (x * x + y * y).squareRoot()))
            opacity.append(a)
            colour += [a, 0, 1 - a]
        }
        let clean = ForegroundEstimation.colours(
            NDArray(colour, shape: [size, size, 3]), opacity: NDArray(opacity, shape: [size, size]))
        for i in 0..<size * size where opacity[i] > 0 {
            #expect(abs(clean.scalars[3 * i] - 1) < 1e-4)
            #expect(abs(clean.scalars[3 * i + 2]) < 1e-4)
        }
    }

    @Test func objectsWithoutAnInsideKeepTheirMostCoveredColours() {
        let clean = ForegroundEstimation.colours(
            NDArray([0.2, 0.4, 0.6, 0, 0, 0], shape: [1, 2, 3]), opacity: NDArray([0.5, 0], shape: [1, 2]))
        #expect(clean.scalars.prefix(3).elementsEqual([0.2, 0.4, 0.6]))
        #expect(clean.scalars.suffix(3).elementsEqual([0.2, 0.4, 0.6]))
    }
}
