// The description of one kind of model: how it is recognised, which option takes it, how it is opened and compared.

import Arrays
import Checkpoints
import Distillation
import StableDiffusion

/// One kind of model file or folder.
///
/// Each kind is described in a file of this folder and listed in `ModelKind.all`; nothing else names kinds.
struct ModelKind: Sendable {
    /// What the weights are, for messages: "a SAM segmenter".
    let name: String
    /// How the weights are told by their tensors; one of these suffices.
    var signatures: [TensorSignature] = []
    /// Values of `model_type` in `config.json`, or of `_class_name` in `model_index.json`, that folders of this kind have.
    var configurations: Set<String> = []
    /// What takes it; nil for kinds that are recognised only to say so.
    var use: Use?
    /// Where one is published, or the name under which it is, for documentation.
    var published: String?
    /// Opens it for the part of `use`; nil for kinds that no part opens by itself.
    var open: (@Sendable (Source) throws -> any Sendable)?
    /// Makes a view prior of it, for kinds that are one.
    var prior: (@Sendable (PriorRequest) throws -> any ViewPrior)?
    /// Notes what weights have other than the model asks for; nil for kinds that nothing is compared with.
    var compare: (@Sendable (inout ModelComparison, WeightScope, _ folder: String) throws -> Void)?
    /// What is worth knowing of such weights, a line each.
    var notes: (@Sendable (WeightScope) throws -> [String])?

    /// Which option takes a kind, and in what form.
    struct Use: Sendable {
        let option: ModelOption
        /// For messages: "as it is", "as a folder with its config.json".
        let form: LatheMessage
        /// Whether one file can stand for the model.
        var isFile = false
        /// Whether a folder can; its configuration, if the kind has any, must say so.
        var isFolder = false

        /// The option and the form: "`segmenter`, as it is".
        var sentence: LatheMessage { "\(option.name), \(form)" }
    }

    /// What is opened.
    struct Source: Sendable {
        /// A folder or a file.
        let path: String
        var precision: Precision = .float32
        /// Adapters, tokenizer and prediction type of a diffusion pipeline.
        var diffusion = DiffusionOptions()
    }

    /// What a view prior is made of.
    struct PriorRequest {
        let session: ModelSession
        let folder: String
        /// The framed object, `[side, side, 4]`, premultiplied.
        let reference: NDArray
        /// What text-conditioned priors are told.
        let caption: String
        /// Of the picture's camera, degrees; nil where it is not known.
        let elevation: Float?

        var precision: Precision { session.models.precision }
    }
}

/// An option that takes a model file.
enum ModelOption: Sendable, Hashable {
    case part(ModelSet.Part)
    case lora, embedding, control

    /// Its name in messages.
    var name: OptionName {
        switch self {
        case .part(let part): part.option
        case .lora: .loras
        case .embedding: .embeddings
        case .control: .controls
        }
    }
}
