// TAESD in its original format: two files, layers numbered from zero.

import Arrays
public import Checkpoints
import Foundation

extension AutoencoderTiny {
    /// Opens `taesd_encoder` and `taesd_decoder`.
    /// - Throws: `CheckpointError` when a file is missing or is not that half of TAESD.
    /// Source: github.com/madebyollin/taesd, `taesd.py`.
    public init(encoder: String, decoder: String) throws {
        // An empty configuration is that of TAESD, whose settings are the defaults.
        let configuration = try JSONDecoder().decode(
            AutoencoderTinyConfiguration.self, from: Data("{}".utf8))
        try self.init(
            configuration, encoder: WeightScope.open(folder: encoder),
            decoder: WeightScope.open(folder: decoder))
    }

    /// Builds the autoencoder from the root scopes of both files.
    ///
    /// The decoder's layer 0 is a clamp without weights, which this layout counts and diffusers' does not.
    public init(
        _ configuration: AutoencoderTinyConfiguration, encoder: WeightScope, decoder: WeightScope
    ) throws {
        let arrays = try AutoencoderTiny.renamed(encoder, "encoder", by: 0)
            .merging(AutoencoderTiny.renamed(decoder, "decoder", by: -1)) { first, _ in first }
        let weights = WeightScope(arrays: arrays, origin: "\(encoder.origin) and \(decoder.origin)")
        try self.init(configuration, from: weights)
        try weights.finish()
    }

    /// Maps `3.conv.0.weight` to `encoder.layers.3.conv.0.weight`, with the number shifted.
    private static func renamed(_ weights: WeightScope, _ half: String, by shift: Int) throws
        -> [String: NDArray]
    {
        var arrays: [String: NDArray] = [:]
        for name in weights.names {
            guard let dot = name.firstIndex(of: "."), let layer = Int(name[..<dot]), layer + shift >= 0 else {
                throw CheckpointError(
                    path: weights.origin,
                    reason: "tensor '\(name)' is not one of a TAESD \(half), such as '1.weight'")
            }
            arrays["\(half).layers.\(layer + shift)\(name[dot...])"] = try weights.tensor(
                name, weights.shape(of: name) ?? [])
        }
        return arrays
    }
}
