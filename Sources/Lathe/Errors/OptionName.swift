// The names of options in errors.

/// An option of a request, by the name of its property in this library.
///
/// Errors name options so; a program that has a spelling of its own, such as a flag, shows that instead.
public enum OptionName: String, Sendable, Hashable, Codable, CaseIterable {
    // ModelSet
    case models, segmenter, captioner, diffusion, inpainter, viewPrior
    // Selection
    case points, boxes, maskPath, maskIndex
    // LiftOptions
    case prompt, seed, settings, output
    // FilmOptions
    case frames, size, elevation, fieldOfView, channels
    // MeshOptions
    case resolution, faces, texture
    // EditOptions and EditMargins
    case method, growth, left, top, right, bottom, aspect
    // GenerateOptions
    case start, width, height
    // DiffusionOptions and PromptChange
    case steps, guidance, guidanceRescale, strength, detail
    case loras, embeddings, controls, tokenizer, prediction
    case crossReplaceSteps, selfReplaceSteps
}
