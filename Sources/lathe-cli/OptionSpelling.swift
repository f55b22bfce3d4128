// How this program spells what the library names: options as flags, kinds of failure as exit codes.

import Lathe

extension OptionName {
    /// The option as it is typed.
    var flag: String {
        switch self {
        case .points: "--point"
        case .boxes: "--box"
        case .maskPath: "--mask"
        case .settings: "--set"
        case .output: "-o"
        case .fieldOfView: "--fov"
        case .method: "--with"
        case .growth: "--grow"
        case .start: "--from"
        case .loras: "--lora"
        case .embeddings: "--embedding"
        case .autoencoder: "--vae"
        case .controls: "--control"
        case .crossReplaceSteps: "--keep-attention"
        case .selfReplaceSteps: "--keep-layout"
        case .models, .segmenter, .captioner, .diffusion, .inpainter, .viewPrior, .maskIndex, .prompt,
            .negativePrompt, .seed,
            .frames, .size, .elevation, .background, .channels, .resolution, .faces, .texture, .left, .top,
            .right,
            .bottom, .aspect, .width, .height, .steps, .guidance, .guidanceRescale, .strength, .detail,
            .tokenizer, .prediction:
            "--" + hyphenated
        }
    }

    /// The name in lower case with hyphens: "mask-index".
    private var hyphenated: String {
        rawValue.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "-\(letter.lowercased())" : "\(letter)"
        }
    }
}

extension LatheMessage {
    /// The message with options as they are typed.
    var typed: String {
        spelled(option: \.flag, resumption: { "lathe lift \($0) --resume" })
    }
}

extension LatheError.Code {
    /// What the program exits with.
    var exitCode: Int32 {
        switch self {
        case .badInput: 2
        case .modelUnusable: 3
        case .guaranteeFailed: 4
        case .interrupted: 130
        }
    }
}
