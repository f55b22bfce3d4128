// An object in place, in bands of rows, equals the whole.

import Arrays
import Compositing
import Images
import Testing

@Suite struct PlacedObjectTests {
    @Test(arguments: [true, false])
    func bandsEqualTheWhole(clean: Bool) throws {
        let (w, h) = (97, 83)
        var random = RandomStream(seed: 6, stream: "rows")
        let colour = random.uniform([h, w, 3])
        let mask = NDArray(
            (0..<w * h).map { index -> Float in
                let (x, y) = (Float(index % w) - 60, Float(index / w) - 30)
                return max(0, min(1, (24 - (x * x + y * y).squareRoot()) / 5))
            }, shape: [h, w])
        let whole = try Cutout(colour: colour, mask: mask, clean: clean).inPlace(width: w, height: h)
        let object = try PlacedObject(colour: colour, mask: mask, clean: clean)
        for band in [1, 10, 83] {
            for first in stride(from: 0, to: h, by: band) {
                let rows = first..<min(h, first + band)
                #expect(
                    object.rows(rows).pixels.scalars == whole.rows(rows).pixels.scalars, "rows \(rows)")
            }
        }
        #expect(throws: EmptyMaskError.self) {
            try PlacedObject(colour: colour, mask: NDArray.zeros([h, w]))
        }
    }
}
