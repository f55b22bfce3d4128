// Likelihood of a given text for an image.

import Arrays

extension BLIPCaptioner {
    /// Mean natural log-probability of the tokens of a text as the continuation of a prompt; at most 0, higher is
    /// more likely.
    ///
    /// The end token is not included: a text may be the beginning of a longer one. Tokens beyond the decoder's last
    /// position are ignored. Source: the score that ranks beams in transformers, without a length penalty.
    /// - Returns: nil if the text has no token, or if the prompt takes all positions.
    public func likelihood(
        of text: String, after prompt: String = CaptionOptions().prompt, in image: BLIPImageFeatures
    ) -> Float? {
        let given = promptIDs(prompt).count
        let ids = Array(promptIDs(prompt + text).prefix(configuration.text.positions))
        guard ids.count > given else { return nil }
        let scores = logits([Array(ids.dropLast())], image: image.values)[leading: 0]
        let sum = (given..<ids.count).reduce(Float(0)) { sum, place in
            sum + logSoftmax(scores[leading: place - 1].scalars)[ids[place]]
        }
        return sum / Float(ids.count - given)
    }
}
