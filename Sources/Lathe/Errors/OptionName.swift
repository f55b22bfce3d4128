// The names of options in errors.

/// An option of a request, by the name of its property in this library.
///
/// Errors name options so; a program that has a spelling of its own, such as a flag, shows that instead.
public enum OptionName: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``ModelSet/root``.
    case models
    /// The segmenter of ``ModelSet/overrides``.
    case segmenter
    /// The captioner of ``ModelSet/overrides``.
    case captioner
    /// The diffusion pipeline of ``ModelSet/overrides``.
    case diffusion
    /// The inpainter of ``ModelSet/overrides``.
    case inpainter
    /// The view prior of ``ModelSet/overrides``.
    case viewPrior
    /// ``Selection/points``.
    case points
    /// ``Selection/boxes``.
    case boxes
    /// ``Selection/maskPath``.
    case maskPath
    /// ``Selection/maskIndex``.
    case maskIndex
    /// ``LiftOptions/prompt``, and that of other requests.
    case prompt
    /// ``DiffusionOptions/negativePrompt``.
    case negativePrompt
    /// ``LiftOptions/seed``, and that of other requests.
    case seed
    /// ``LiftOptions/settings``.
    case settings
    /// ``LiftOptions/output``, and that of other requests.
    case output
    /// ``FilmOptions/frames``.
    case frames
    /// ``FilmOptions/size``.
    case size
    /// ``FilmOptions/elevation``.
    case elevation
    /// ``FilmOptions/fieldOfView``.
    case fieldOfView
    /// ``FilmOptions/background``.
    case background
    /// ``FilmOptions/channels``.
    case channels
    /// ``MeshOptions/resolution``.
    case resolution
    /// ``MeshOptions/faces``.
    case faces
    /// ``MeshOptions/texture``.
    case texture
    /// ``EditOptions/method``.
    case method
    /// ``EditOptions/growth``.
    case growth
    /// ``EditMargins/left``.
    case left
    /// ``EditMargins/top``.
    case top
    /// ``EditMargins/right``.
    case right
    /// ``EditMargins/bottom``.
    case bottom
    /// The aspect ratio that ``EditMargins`` are computed for.
    case aspect
    /// ``GenerateOptions/start``.
    case start
    /// ``GenerateOptions/width``.
    case width
    /// ``GenerateOptions/height``.
    case height
    /// ``DiffusionOptions/steps``.
    case steps
    /// ``DiffusionOptions/guidance``.
    case guidance
    /// ``DiffusionOptions/guidanceRescale``.
    case guidanceRescale
    /// ``DiffusionOptions/strength``.
    case strength
    /// ``DiffusionOptions/detail``.
    case detail
    /// ``DiffusionOptions/loras``.
    case loras
    /// ``DiffusionOptions/embeddings``.
    case embeddings
    /// ``DiffusionOptions/controls``.
    case controls
    /// ``DiffusionOptions/tokenizer``.
    case tokenizer
    /// ``DiffusionOptions/prediction``.
    case prediction
    /// ``DiffusionOptions/autoencoder``.
    case autoencoder
    /// `PromptChange.crossReplaceSteps`, of ``DiffusionOptions/change``.
    case crossReplaceSteps
    /// `PromptChange.selfReplaceSteps`, of ``DiffusionOptions/change``.
    case selfReplaceSteps
}
