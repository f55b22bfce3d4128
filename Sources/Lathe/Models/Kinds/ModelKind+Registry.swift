// All kinds of model, in the order in which weights are compared with their signatures.

import Checkpoints

extension ModelKind {
    /// The first kind whose signature matches counts, so special kinds stand before general ones.
    static let all: [ModelKind] = [
        .segmentAnything, .mobileSegmentAnything, .segmentAnythingOriginal,
        .blipQuestionAnswering, .blipCaptioner, .blipRetrieval, .blipOriginal, .blipContrastive,
        .stableDiffusionXL, .controlNetOriginal, .stableDiffusion, .controlNet,
        .adapterLoHa, .adapterLoKr, .adapterOFT, .adapterDoRA, .loraKohya, .loraDiffusers,
        .lama,
        .clip, .clipText, .clipVision,
        .diffusionNetwork, .autoencoderWithLevels, .autoencoderOriginal, .autoencoder,
        .tinyAutoencoder, .tinyAutoencoderOriginal,
        .textualInversion,
        .jointViewPrior, .zero123Prior, .textViewPrior, .diffusionPipeline,
    ]

    /// The kind that tensors of these names belong to; nil when they resemble none.
    static func recognised(by names: [String]) -> ModelKind? {
        all.first { kind in kind.signatures.contains { $0.matches(names) } }
    }

    /// Kinds that a part of a model set opens.
    static func kinds(for part: ModelSet.Part) -> [ModelKind] {
        all.filter { kind in
            if case .part(part) = kind.use?.option { kind.open != nil || kind.prior != nil } else { false }
        }
    }
}
