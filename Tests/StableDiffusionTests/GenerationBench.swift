// What the tests of whole runs share: a pipeline of random weights, a picture and holes in it.

import Arrays
import Images
import StableDiffusion

enum GenerationBench {
    static func pipeline() throws -> DiffusionPipeline {
        try DiffusionPipeline(folder: ModelCase("pipeline").folder)
    }

    /// 24 pixels wide and 16 high.
    static var picture: Image {
        var stream = RandomStream(seed: 9, stream: "picture")
        return Image(stream.uniform([16, 24, 3]))
    }

    /// A hole over whole columns of the picture.
    static func mask(columns: Range<Int>) -> Mask {
        Mask(width: 24, height: 16, inside: (0..<16 * 24).map { columns.contains($0 % 24) })
    }
}
