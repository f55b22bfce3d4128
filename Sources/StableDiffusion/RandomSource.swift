// Sources of a run's random numbers.

import Arrays

/// Sources of a run's random numbers.
public enum RandomSource: String, Sendable, CaseIterable {
    /// Counter-based streams: every number is a function of the seed, its purpose and its step only. Initial images
    /// are encoded without noise.
    case lathe
    /// The random numbers that diffusers takes from `torch.Generator("cpu")`, in its order, so that a seed gives the
    /// same image as diffusers does on a CPU.
    case torch
}

/// The random numbers of one run; a value, so that a resumed run gets the same numbers.
struct NoiseSource: Sendable {
    /// The purpose of a random array; PyTorch's generator depends on the order of calls only.
    enum Purpose {
        case latents
        case step(Int)
    }

    private let seed: UInt64
    private var torch: TorchGenerator?

    init(_ source: RandomSource, seed: UInt64) {
        self.seed = seed
        torch = source == .torch ? TorchGenerator(seed: seed) : nil
    }

    /// Standard normal latents of a shape `[batch, height, width, channels]`.
    mutating func normal(_ shape: [Int], for purpose: Purpose) -> NDArray {
        if let drawn = torchNormal(shape) { return drawn }
        var stream =
            switch purpose {
            case .latents: RandomStream(seed: seed, stream: "latents")
            case .step(let index): RandomStream(seed: seed, stream: "sampler", step: UInt64(index))
            }
        return stream.normal(shape)
    }

    /// An image's latents: sampled from their distribution as diffusers does, or its mean.
    mutating func latents(of encoded: EncodedPicture) -> NDArray {
        // A deterministic autoencoder takes no random numbers, as in the reference.
        guard let deviation = encoded.deviation, let noise = torchNormal(encoded.mean.shape) else {
            return encoded.mean
        }
        return encoded.mean + deviation * noise
    }

    /// Generated in PyTorch's memory order, with channels before pixels.
    private mutating func torchNormal(_ shape: [Int]) -> NDArray? {
        torch?.normal([shape[0], shape[3], shape[1], shape[2]]).transposed([0, 2, 3, 1])
    }
}
