// The denoising network against PyTorch on tiny random models.

import Arrays
import Autograd
import Checkpoints
import Foundation
import StableDiffusion
import TestSupport
import Testing

@Suite struct UNetTests {
    @Test(arguments: ["unet_sd1", "unet_sd2", "unet_prior", "unet_odd", "unet_no_mid_attention"])
    func matchesTheReference(name: String) throws {
        let example = try ModelCase(name)
        let model = try UNet2DConditionModel(folder: example.folder)
        let output = model(
            Tensor(try example["sample"]), timesteps: try example["times"].scalars,
            context: Tensor(try example["context"]),
            labels: try labels(example, model.configuration.classEmbedding))
        expectClose(output.value, try example["output"], relative: 1e-5, name)
    }

    @Test func oneTimestepServesTheBatch() throws {
        let example = try ModelCase("unet_sd1")
        let model = try UNet2DConditionModel(folder: example.folder)
        let (sample, context) = (Tensor(try example["sample"]), Tensor(try example["context"]))
        let once = model(sample, timesteps: [40], context: context).value
        let each = model(sample, timesteps: [40, 40], context: context).value
        expectIdentical(once, each)
    }

    @Test func passesGradientsToTheLatents() throws {
        let example = try ModelCase("unet_no_mid_attention")
        let model = try UNet2DConditionModel(folder: example.folder)
        let (sample, context) = (try example["sample"].leading(0..<1), try example["context"].leading(0..<1))
        expectGradients(of: [sample, context]) { model($0[0], timesteps: [300], context: $0[1]) }
    }

    @Test(arguments: [
        "only_cross_attention": "true", "encoder_hid_dim": "64", "addition_embed_type": "\"text_time\"",
        "class_embed_type": "\"identity\"", "time_embedding_type": "\"fourier\"",
        "attention_type": "\"gated\"",
        "mid_block_type": "\"UNetMidBlock2DSimpleCrossAttn\"", "down_block_types": "[\"AttnDownBlock2D\"]",
        "block_out_channels": "[30, 60]", "norm_num_groups": "0", "act_fn": "\"mish\"",
        "attention_head_dim": "7",
        "dual_cross_attention": "true", "cross_attention_dim": "[8, 16, 8]", "num_attention_heads": "8",
        "conv_in_kernel": "2", "layers_per_block": "[1, 2]", "_class_name": "\"UNet2DModel\"",
    ])
    func refusesUnsupportedSettingsByName(key: String, value: String) throws {
        let example = try ModelCase("unet_sd1")
        let text = try String(contentsOfFile: example.folder + "/config.json", encoding: .utf8)
        var settings = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        settings[key] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        try withTemporaryFolder { folder in
            try JSONSerialization.data(withJSONObject: settings).write(
                to: URL(filePath: folder + "/config.json"))
            let error = #expect(throws: CheckpointError.self) { try UNet2DConditionModel(folder: folder) }
            let message = try #require(error).description
            let names = [key] + (key == "block_out_channels" ? ["down_block_types", "norm_num_groups"] : [])
            #expect(names.contains { message.contains("'\($0)'") }, "\(message)")
        }
    }

    private func labels(_ example: ModelCase, _ kind: ClassEmbedding) throws -> ClassLabels? {
        switch kind {
        case .none: nil
        case .table: .classes(try example["labels"].scalars.map { Int($0) })
        case .timestep: .timesteps(try example["labels"].scalars)
        case .projection: .vectors(try example["labels"])
        }
    }
}
