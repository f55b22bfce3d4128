// Where a run's random numbers come from.

import Arrays

/// Where a run's random numbers come from.
public enum RandomSource: String, Sendable, CaseIterable {
    /// Counter-based streams: every draw is a function of the seed, its purpose and its step alone. Pictures that are
    /// started from are encoded without noise.
    case lathe
    /// The draws that diffusers makes from `torch.Generator("cpu")`, in its order, so that a seed gives the picture
    /// that diffusers gives on a processor.
    case torch
}

/// The random numbers of one run; a value, so a run that is taken up again draws what it would have drawn.
struct NoiseSource: Sendable {
    /// What a draw is for; PyTorch's generator knows only the order of draws.
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
        if let drawn = drawnByTorch(shape) { return drawn }
        var stream =
            switch purpose {
            case .latents: RandomStream(seed: seed, stream: "latents")
            case .step(let index): RandomStream(seed: seed, stream: "sampler", step: UInt64(index))
            }
        return stream.normal(shape)
    }

    /// A picture's latents: drawn from their distribution as diffusers does, or the middle of it.
    mutating func latents(of encoded: EncodedPicture) -> NDArray {
        // A point has nothing to draw, there as here.
        guard let deviation = encoded.deviation, let noise = drawnByTorch(encoded.mean.shape) else {
            return encoded.mean
        }
        return encoded.mean + deviation * noise
    }

    /// Drawn with the channels outside the pixels, as PyTorch keeps them.
    private mutating func drawnByTorch(_ shape: [Int]) -> NDArray? {
        torch?.normal([shape[0], shape[3], shape[1], shape[2]]).transposed([0, 2, 3, 1])
    }
}
