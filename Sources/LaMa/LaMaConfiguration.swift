// The architecture of a LaMa generator, from `config.json` or inferred from tensor shapes.

import Arrays
public import Checkpoints

/// Sizes of a Fourier-convolution generator; the defaults are those of the published `big-lama`.
///
/// Key names and defaults follow `FFCResNetGenerator` of advimman/lama (`saicinpainting/training/modules/ffc.py`).
/// Fixed, as in all published generators: reflection padding, batch normalisation, ReLU, a final sigmoid, no local
/// Fourier unit, and local channels only before the last downsampling.
public struct LaMaConfiguration: CheckedConfiguration, Sendable, Hashable {
    /// Channels of the input: three of the masked image, and the mask.
    public var inputs = 4
    /// Channels of the result.
    public var outputs = 3
    /// Channels after the first convolution; every downsampling doubles them.
    public var baseChannels = 64
    public var downsamplings = 3
    public var blocks = 18
    /// Upper limit of the doubling.
    public var maximumChannels = 1024
    /// Share of global channels in the residual blocks.
    public var globalRatio = 0.75
    /// Side in pixels of the training images, which limits the size of holes that it fills well.
    public var trainingSide = 256

    public init() {}

    /// Channels after `level` downsamplings.
    func channels(level: Int) -> Int { min(maximumChannels, baseChannels << level) }

    /// Channels of the residual blocks.
    var blockChannels: Int { channels(level: downsamplings) }

    /// Global channels of the residual blocks.
    ///
    /// Rounded down as in the reference; a ratio worked out from the channels may fall short by a rounding error.
    var globalChannels: Int { Int(clamped: Double(blockChannels) * globalRatio + 1e-6) }

    /// Pixels of the input per pixel of the residual blocks; sides of the input must be multiples.
    public var modulo: Int { 1 << downsamplings }

    /// Index of the first residual block in the published tensor names.
    var firstBlock: Int { 2 + downsamplings }
    /// Index of the first upsampling; the index before it concatenates the two groups of channels.
    var firstUpsampling: Int { firstBlock + blocks + 1 }
    /// Index of the last convolution, which follows a padding layer.
    var lastConvolution: Int { firstUpsampling + 3 * downsamplings + 1 }
}

extension LaMaConfiguration {
    enum CodingKeys: String, CodingKey {
        case inputs = "input_nc"
        case outputs = "output_nc"
        case baseChannels = "ngf"
        case downsamplings = "n_downsampling"
        case blocks = "n_blocks"
        case maximumChannels = "max_features"
        case globalRatio = "global_ratio"
        case trainingSide = "training_size"
    }

    /// Absent keys take the values of `big-lama`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, into target: inout T) throws {
            if let found = try values.decodeIfPresent(T.self, forKey: key) { target = found }
        }
        try read(.inputs, into: &inputs)
        try read(.outputs, into: &outputs)
        try read(.baseChannels, into: &baseChannels)
        try read(.downsamplings, into: &downsamplings)
        try read(.blocks, into: &blocks)
        try read(.maximumChannels, into: &maximumChannels)
        try read(.globalRatio, into: &globalRatio)
        try read(.trainingSide, into: &trainingSide)
    }

    public func check() throws {
        typealias Problem = ConfigurationProblem
        try Problem.require("input_nc", inputs, in: 4...4)
        try Problem.require("output_nc", outputs, in: 3...3)
        try Problem.require("ngf", baseChannels, in: 1...4096)
        try Problem.require("n_downsampling", downsamplings, in: 1...6)
        try Problem.require("n_blocks", blocks, in: 1...256)
        try Problem.require("training_size", trainingSide, in: 8...65536)
        try Problem.require("max_features", maximumChannels, in: baseChannels...65536)
        guard (0...1).contains(globalRatio), 2..<blockChannels ~= globalChannels else {
            throw Problem(
                key: "global_ratio",
                reason:
                    "is \(globalRatio); of \(blockChannels) channels it must leave some local and two global")
        }
    }
}

extension LaMaConfiguration {
    /// Infers the sizes from the names and shapes of a generator's tensors.
    /// - Parameter weights: the scope that holds `model.1.ffc.convl2l.weight` and the rest.
    /// - Throws: `CheckpointError` if they are not a generator of this kind.
    public init(deducedFrom weights: WeightScope) throws {
        let model = weights["model"]
        func shape(_ name: String) throws -> [Int] {
            guard let shape = model.shape(of: name), shape.count == 4 else {
                throw CheckpointError(
                    path: weights.origin,
                    reason: "tensor \(model.path).\(name) of a LaMa generator is missing or is no convolution"
                )
            }
            return shape
        }
        let first = try shape("1.ffc.convl2l.weight")
        (baseChannels, inputs) = (first[0], first[1])
        downsamplings = 0
        while downsamplings < 16, model.contains("\(2 + downsamplings).ffc.convl2l.weight") {
            downsamplings += 1
        }
        blocks = 0
        while blocks < 1024, model.contains("\(firstBlock + blocks).conv1.ffc.convl2l.weight") { blocks += 1 }
        let local = try shape("\(firstBlock).conv1.ffc.convl2l.weight")[0]
        let global = try shape("\(firstBlock).conv1.ffc.convl2g.weight")[0]
        globalRatio = Double(global) / Double(max(1, local + global))
        // If the limit was not reached, any larger one is equivalent.
        if downsamplings <= 6, baseChannels << downsamplings != local + global {
            maximumChannels = local + global
        } else {
            maximumChannels = max(maximumChannels, local + global)
        }
        outputs = try shape("\(lastConvolution).weight")[0]
        do {
            try check()
        } catch let problem as ConfigurationProblem {
            throw CheckpointError(
                path: weights.origin, reason: "by its tensors '\(problem.key)' \(problem.reason)")
        }
    }
}
