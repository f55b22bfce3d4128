// Small objects are looked at again from near; what is found there is put back where it was.

import Arrays
import Images
import Lathe
import Testing

@Suite struct CloseUpTests {
    private let width = 256, height = 192

    /// A dark disc on a light ground, small enough that the segmenter looks at it from near.
    private func photograph(_ x: Float, _ y: Float, radius: Float) -> (image: Image, mask: Mask) {
        func distance(_ pixel: Int) -> Float {
            let (dx, dy) = (Float(pixel % width) + 0.5 - x, Float(pixel / width) + 0.5 - y)
            return (dx * dx + dy * dy).squareRoot()
        }
        let image = Image(
            NDArray(shape: [height, width, 3]) { out in
                for pixel in 0..<width * height {
                    let share = max(0, min(1, radius + 0.5 - distance(pixel)))
                    for (channel, values) in [(0.85, 0.75), (0.85, 0.12), (0.8, 0.1)].enumerated() {
                        out[3 * pixel + channel] = Float(values.0) * (1 - share) + Float(values.1) * share
                    }
                }
            })
        let mask = Mask(
            width: width, height: height, inside: (0..<width * height).map { distance($0) < radius })
        return (image, mask)
    }

    /// Two pixels off would leave an overlap of 0.85 for a disc of this size.
    @Test(
        .enabled(if: EditBench.models.has(.segmenter), "the starter segmenter is not in Models/starter"),
        arguments: [(61, 47), (190, 131)] as [(Float, Float)])
    func aSmallObjectIsFoundWhereItIs(x: Float, y: Float) throws {
        let (image, truth) = photograph(x, y, radius: 17)
        var selection = Selection()
        selection.points = [Selection.Point(x: x, y: y)]
        let found = try Selector.select(in: image, selection, session: ModelSession(EditBench.models)).mask
        let overlap = found.intersectionOverUnion(truth)
        #expect(overlap > 0.93, "\(overlap)")
        let inside = found.inside.indices.filter { found.inside[$0] }
        let count = Float(max(1, inside.count))
        let centre = (
            inside.reduce(0) { $0 + Float($1 % width) + 0.5 } / count,
            inside.reduce(0) { $0 + Float($1 / width) + 0.5 } / count
        )
        #expect(abs(centre.0 - x) < 0.7 && abs(centre.1 - y) < 0.7, "\(centre)")
    }

    /// The frame of a box is drawn round what was pointed at, left and top not exchanged.
    @Test(.enabled(if: EditBench.models.has(.segmenter), "the starter segmenter is not in Models/starter"))
    func theOverlayShowsTheBoxThatWasGiven() throws {
        let folder = try TemporaryFolder()
        let (image, _) = photograph(190, 70, radius: 30)
        var selection = Selection()
        selection.boxes = [Selection.Box(left: 150, top: 30, right: 230, bottom: 110)]
        let result = try Segment.run(
            picture: try folder.save(image, "disc.png"), selection: selection,
            session: ModelSession(EditBench.models),
            allMasks: false, output: "\(folder.path)/out")
        let overlay = try Image.load(result.overlay).pixels.scalars
        for (x, y) in [(150, 50), (230, 50), (170, 30), (170, 110)] {
            let start = 3 * (y * width + x)
            #expect(overlay[start] > 0.9 && overlay[start + 2] < 0.4, "\(x), \(y)")
        }
        let area = Double.pi * 900
        #expect(abs(result.coverage * Double(width * height) / area - 1) < 0.1, "\(result.coverage)")
    }
}
