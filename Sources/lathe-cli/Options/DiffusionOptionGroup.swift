// How the diffusion model is asked.

public import ArgumentParser
import Lathe
public import StableDiffusion

struct DiffusionOptionGroup: ParsableArguments {
    @Option(
        name: [.customLong("negative-prompt"), .customLong("negative")],
        help: ArgumentHelp("What the picture should not show.", valueName: "text"))
    var negativePrompt = ""

    @Option(
        help: ArgumentHelp(
            "Whether brackets, colons and backslashes in prompts are weights or are taken as they stand.",
            valueName: "weighted|plain"))
    var promptGrammar: PromptGrammar = .weighted

    @Option(help: "Denoising steps.") var steps = 30

    @Option(
        help: ArgumentHelp(
            "Classifier-free guidance; 1 is none. Default: 7.5, or 4 for a model of less than 256 pixels.",
            valueName: "s"))
    var guidance: Float?

    @Option(
        help: ArgumentHelp(
            "Gives back so much of the contrast that guidance takes: 0 nothing, 1 all.", valueName: "share"))
    var guidanceRescale: Float = 0

    @Option(
        help: ArgumentHelp(
            "ddim, ddpm, pndm, euler, euler-a, dpm++, dpm++-karras, unipc or lcm. Default: the model's own.",
            valueName: "name"))
    var sampler: String?

    @Option(
        name: .customLong("lora"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A LoRA to add, with its strength. Repeatable.", valueName: "file[:strength]"),
        transform: parsed(DiffusionOptions.Weighted.init(parsing:), "use FILE or FILE:STRENGTH"))
    var loras: [DiffusionOptions.Weighted] = []

    @Option(
        name: .customLong("embedding"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A learned word (textual inversion). Repeatable.", valueName: "file"),
        transform: parsed(DiffusionOptions.Weighted.init(parsing:), "use FILE"))
    var embeddings: [DiffusionOptions.Weighted] = []

    @Option(
        name: .customLong("control"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A ControlNet (canny, depth or scribble) and the picture it steers by, as large as what is edited. Repeatable.",
            valueName: "kind:model:picture[:scale]"),
        transform: parsed(
            DiffusionOptions.Control.init(parsing:),
            "use KIND:MODEL:PICTURE or KIND:MODEL:PICTURE:SCALE, where KIND is canny, depth or scribble"))
    var controls: [DiffusionOptions.Control] = []

    @Option(
        help: ArgumentHelp(
            "The vocabulary of a model in a single file: a tokenizer folder, or OpenAI's bpe_simple_vocab_16e6.txt.gz. "
                + "Default: beside the file.",
            valueName: "path"))
    var tokenizer: String?

    @Option(
        name: .customLong("vae"),
        help: ArgumentHelp(
            "Another autoencoder for the model, or the one that a single file lacks: a folder or a file.",
            valueName: "path"))
    var autoencoder: String?

    @Option(
        help: ArgumentHelp(
            "What a model in a single file predicts, where its tensors do not tell.",
            valueName: "epsilon|v_prediction"))
    var prediction: PredictionType?

    @Option(
        help: ArgumentHelp(
            "Random numbers of this program, or as PyTorch draws them.", valueName: "lathe|torch"))
    var rng: RandomSourceName = .lathe

    enum RandomSourceName: String, ExpressibleByArgument, CaseIterable { case lathe, torch }

    var options: DiffusionOptions {
        var options = DiffusionOptions()
        options.negativePrompt = negativePrompt
        options.grammar = promptGrammar == .weighted ? nil : promptGrammar
        options.steps = steps
        options.guidance = guidance
        options.guidanceRescale = guidanceRescale
        options.sampler = sampler
        options.loras = loras
        options.embeddings = embeddings
        options.controls = controls
        options.tokenizer = tokenizer
        options.prediction = prediction
        options.autoencoder = autoencoder
        options.usesTorchRandom = rng == .torch
        return options
    }
}

extension PredictionType: ExpressibleByArgument {}
extension PromptGrammar: ExpressibleByArgument {}
