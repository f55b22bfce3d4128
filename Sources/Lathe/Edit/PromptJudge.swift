// Whether a picture shows what a prompt asks for.

import BLIP
import Images
import StableDiffusion

/// The captioner as a judge of pictures made from words.
///
/// Ramesh and others 2021 ("Zero-Shot Text-to-Image Generation", section 2.6) rank with a contrastive model; a captioner asks
/// the same question the other way round.
struct PromptJudge: Sendable {
    private let captioner: BLIPCaptioner

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the captioner.
    init(_ models: ModelSet) throws { captioner = try models.captioner() }

    /// How likely the captioner describes an opaque picture by a prompt: mean log-probability of its tokens.
    /// - Parameters:
    ///   - prompt: may hold weights, which do not count.
    ///   - subject: what a description would begin with.
    func likelihood(of prompt: String, after subject: String = "", in picture: Image) throws -> Float {
        let words = PromptGrammar.weighted.pieces(of: prompt).map(\.text).joined()
        let start = CaptionOptions().prompt + (subject.isEmpty ? "" : subject + " ")
        let found = captioner.likelihood(of: words, after: start, in: captioner.encode(picture))
        return found ?? -.infinity
    }

    /// The description of an opaque picture.
    func caption(_ picture: Image) throws -> String {
        try Captioning.captions(of: picture, by: captioner, search: .beams(3))[0]
    }
}
