// The Gaussian blur against a plain sum.

import Arrays
import Foundation
import Images
import Testing

@Suite struct SeparableFilterTests {
    @Test(arguments: [0.4, 1, 2.5] as [Float]) func isTheWeightedMeanOfTheNeighbours(sigma: Float) {
        let (h, w, c) = (9, 13, 3)
        var random = RandomStream(seed: 1, stream: "blur")
        let array = random.uniform([h, w, c]), values = array.scalars
        let made = gaussianBlurred(array, sigma: sigma).scalars
        let reach = max(1, Int((3 * sigma).rounded(.up)))
        for y in 0..<h {
            for x in 0..<w {
                for k in 0..<c {
                    var (sum, total) = (0.0, 0.0)
                    for dy in -reach...reach {
                        for dx in -reach...reach {
                            let weight = exp(-Double(dx * dx + dy * dy) / Double(2 * sigma * sigma))
                            let (row, column) = (max(0, min(h - 1, y + dy)), max(0, min(w - 1, x + dx)))
                            sum += weight * Double(values[(row * w + column) * c + k])
                            total += weight
                        }
                    }
                    // Single precision over at most 17 taps each way.
                    #expect(abs(Double(made[(y * w + x) * c + k]) - sum / total) < 2e-6)
                }
            }
        }
    }
}
