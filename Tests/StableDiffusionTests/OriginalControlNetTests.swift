// ControlNets of the original layout, against what diffusers made of the same weights.

import Arrays
import Autograd
import Checkpoints
import Foundation
import StableDiffusion
import TestSupport
import Testing

@Suite struct OriginalControlNetTests {
    private let folder = Fixture.folder() + "/adapters/controlnet"
    private let tiny = SingleFileConventions(normGroups: 2, heads: 2, headWidth: 4)

    /// Names of the original program for the network of the fixture.
    ///
    /// It has two levels of one layer, attention in the first, and two halvings of the picture.
    private static let beginnings = [
        ("time_embedding.linear_1", "time_embed.0"), ("time_embedding.linear_2", "time_embed.2"),
        ("conv_in", "input_blocks.0.0"),
        ("down_blocks.0.resnets.0", "input_blocks.1.0"), ("down_blocks.0.attentions.0", "input_blocks.1.1"),
        ("down_blocks.0.downsamplers.0.conv", "input_blocks.2.0.op"),
        ("down_blocks.1.resnets.0", "input_blocks.3.0"),
        ("mid_block.resnets.0", "middle_block.0"), ("mid_block.attentions.0", "middle_block.1"),
        ("mid_block.resnets.1", "middle_block.2"),
        ("controlnet_cond_embedding.conv_in", "input_hint_block.0"),
        ("controlnet_cond_embedding.blocks.0", "input_hint_block.2"),
        ("controlnet_cond_embedding.blocks.1", "input_hint_block.4"),
        ("controlnet_cond_embedding.blocks.2", "input_hint_block.6"),
        ("controlnet_cond_embedding.blocks.3", "input_hint_block.8"),
        ("controlnet_cond_embedding.conv_out", "input_hint_block.10"),
        ("controlnet_down_blocks.0", "zero_convs.0.0"), ("controlnet_down_blocks.1", "zero_convs.1.0"),
        ("controlnet_down_blocks.2", "zero_convs.2.0"), ("controlnet_down_blocks.3", "zero_convs.3.0"),
        ("controlnet_mid_block", "middle_block_out.0"),
    ]

    private static let residual = [
        ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"),
        ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection"),
    ]

    /// The fixture's tensors under the original names.
    private func original() throws -> [String: NDArray] {
        let file = try WeightFile.open(folder + "/diffusion_pytorch_model.safetensors")
        var arrays: [String: NDArray] = [:]
        for name in file.names {
            let (from, to) = try #require(Self.beginnings.first { name.hasPrefix($0.0 + ".") }, "\(name)")
            var rest = String(name.dropFirst(from.count))
            if from.contains("resnets"),
                let part = Self.residual.first(where: { rest.hasPrefix(".\($0.0).") })
            {
                rest = ".\(part.1)" + rest.dropFirst(part.0.count + 1)
            }
            arrays["control_model.\(to)\(rest)"] = try file.array(name)
        }
        return arrays
    }

    private func open(_ arrays: [String: NDArray]) throws -> ControlNet {
        try ControlNet(SingleFileControlNet(WeightScope(arrays: arrays), conventions: tiny))
    }

    @Test func itIsTheControlNetOfTheDiffusersLayout() throws {
        let example = try Fixture("adapters/controlnet_case")
        let net = try open(original())
        #expect(net.configuration.network.channels == [8, 8] && net.configuration.downscale == 4)
        #expect(net.configuration.embeddingChannels == [4, 4, 6])
        let residuals =
            net(
                Tensor(try example["latents"]), timesteps: [300], context: Tensor(try example["context"]),
                hint: net.embedding(of: Tensor(try example["pictures"].leading(0..<1)))) * 0.7
        for (index, skip) in residuals.skips.enumerated() {
            expectClose(skip.value, try example["plain_skip\(index)"], relative: 1e-5, "skip \(index)")
        }
        expectClose(residuals.middle.value, try example["plain_middle"], relative: 1e-5)
    }

    @Test func theStableDiffusionBesideItIsLeft() throws {
        var arrays = try original()
        arrays["model.diffusion_model.out.0.weight"] = .zeros([1])
        arrays["first_stage_model.encoder.conv_in.weight"] = .zeros([1])
        _ = try open(arrays)
    }

    @Test func whatIsMissingOrTooMuchIsNamed() throws {
        func refusal(_ change: (inout [String: NDArray]) -> Void) throws -> String {
            var arrays = try original()
            change(&arrays)
            return try #require(#expect(throws: CheckpointError.self) { try open(arrays) }).description
        }
        #expect(try refusal { $0["control_model.zero_convs.2.0.bias"] = nil }.contains("down_blocks.2.bias"))
        #expect(try refusal { $0["control_model.lora.weight"] = .zeros([1]) }.contains("lora.weight"))
        #expect(
            try refusal { $0["control_model.zero_convs.4.0.bias"] = .zeros([8]) }.contains("down_blocks.4"))
        #expect(try refusal { $0 = ["a.weight": .zeros([1])] }.contains("control_model"))
    }

    @Test func aFileIsOpenedByItsPathAndAFolderToo() throws {
        _ = try ControlNet(path: folder)
        try withTemporaryFolder { folder in
            try SafetensorsWriter.write(
                try original().map { ($0.key, $0.value) }, to: folder + "/control.safetensors")
            // The tiny network's groups are none of a published one's, which the file does not tell.
            let error = #expect(throws: CheckpointError.self) {
                try ControlNet(path: folder + "/control.safetensors")
            }
            #expect(try #require(error).description.contains("does not divide"))
        }
        #expect(throws: CheckpointError.self) { try ControlNet(path: "/nowhere") }
    }
}
