// What selection needs of a segmenter: look at a picture once, then answer prompts on it.

package import Images
package import SegmentAnything

/// A segmenter in the manner of Segment Anything (Kirillov and others 2023): a costly encoder that sees the picture once, and a
/// cheap decoder that is asked any number of times.
package protocol PromptableSegmenter: Sendable {
    /// Cells along the longer side of an embedding: how finely the model sees a picture.
    var grid: Int { get }

    /// Runs the encoder.
    /// - Parameter picture: RGB, any size.
    func embed(_ picture: Image) -> any PictureEmbedding
}

/// A picture as a segmenter has encoded it.
package protocol PictureEmbedding: Sendable {
    /// Masks of what a prompt describes, best guess of the model's own scores in each.
    /// - Parameters:
    ///   - prompt: Points and boxes in pixels of the picture.
    ///   - outputs: Whether one mask or the alternatives are wanted.
    /// - Throws: when the prompt is empty or lies outside the picture.
    func predict(_ prompt: Prompt, outputs: MaskOutputs) throws -> [MaskPrediction]
}

extension SegmentAnythingModel: PromptableSegmenter {
    package var grid: Int { configuration.vision.grid }

    package func embed(_ picture: Image) -> any PictureEmbedding {
        SegmentAnythingEmbedding(model: self, embedding: encode(picture))
    }
}

/// A picture encoded by SAM.
private struct SegmentAnythingEmbedding: PictureEmbedding {
    let model: SegmentAnythingModel
    let embedding: ImageEmbedding

    func predict(_ prompt: Prompt, outputs: MaskOutputs) throws -> [MaskPrediction] {
        try model.predict(prompt, on: embedding, outputs: outputs)
    }
}
