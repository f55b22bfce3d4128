// Scores how well a picture shows a prompt.

import BLIP
import Images
import StableDiffusion

/// A captioning model as a ranking model.
///
/// Ramesh and others 2021 ("Zero-Shot Text-to-Image Generation", section 2.6) rank samples by a contrastive
/// model; here it is the likelihood of the prompt as a caption.
struct PromptJudge: Sendable {
    private let captioner: BLIPCaptioner

    /// Opens the captioner.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with it.
    init(_ session: ModelSession) throws { captioner = try session.captioner() }

    /// The mean log-probability of the prompt's tokens as a caption of an opaque picture.
    /// - Parameters:
    ///   - prompt: prompt weights are ignored.
    ///   - subject: a prefix of the caption.
    ///   - picture: opaque RGB.
    /// - Returns: at most 0; -∞ if the prompt has no token.
    func likelihood(of prompt: String, after subject: String = "", in picture: Image) throws -> Float {
        let words = PromptGrammar.weighted.pieces(of: prompt).map(\.text).joined()
        let start = CaptionOptions().prompt + (subject.isEmpty ? "" : subject + " ")
        let found = captioner.likelihood(of: words, after: start, in: captioner.encode(picture))
        return found ?? -.infinity
    }

    /// A caption of an opaque picture.
    func caption(_ picture: Image) throws -> String {
        try Captioning.captions(of: picture, by: captioner, search: .beams(3))[0]
    }
}
