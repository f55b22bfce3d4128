// Layouts of published files, and files that are none of them.

import Arrays
import Checkpoints
import Foundation
import LaMa
import TestSupport
import Testing

@Suite struct WeightTests {
    private let fixture: LaMaFixture
    private let tensors: [String: NDArray]

    init() throws {
        fixture = try LaMaFixture()
        let file = try SafetensorsFile(path: Fixture.folder() + "/small/model.safetensors")
        // The counters are integers; inference leaves them unread.
        tensors = Dictionary(
            uniqueKeysWithValues: try file.names.filter { !$0.hasSuffix("num_batches_tracked") }.map {
                ($0, try file.array($0))
            })
    }

    private func model(_ tensors: [String: NDArray]) throws -> LaMaModel {
        try LaMaModel(from: WeightScope(arrays: tensors))
    }

    private func renamed(_ prefix: String) -> [String: NDArray] {
        Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0.key, $0.value) })
    }

    private func expectRefusal(_ tensors: [String: NDArray], _ words: String...) {
        do {
            _ = try model(tensors)
            Issue.record("accepted")
        } catch {
            for word in words { #expect("\(error)".contains(word), "\(error)") }
        }
    }

    @Test(arguments: ["", "generator.", "model.generator.", "state_dict.generator."])
    func everyPublishedPrefixIsFound(prefix: String) throws {
        let (image, mask) = (try fixture.image("odd"), try fixture.mask("odd"))
        expectIdentical(try model(renamed(prefix))(image, mask: mask), try fixture.small()(image, mask: mask))
    }

    /// A folder as published, its checkpoint of Lightning alone, and TorchScript of the predicting module.
    @Test(arguments: ["big-lama", "big-lama/models/best.ckpt", "script.pt"])
    func everyPublishedLayoutIsTheSameModel(name: String) throws {
        let folder = Fixture.folder() + "/published"
        let expected = try LaMaModel(folder: folder + "/generator.safetensors")
        let model = try LaMaModel(folder: "\(folder)/\(name)")
        #expect(model.configuration == expected.configuration && model.configuration.baseChannels == 2)
        var stream = RandomStream(seed: 3, stream: "picture")
        let image = stream.uniform([1, 9, 14, 3])
        let mask = NDArray((0..<9 * 14).map { $0 % 14 > 5 ? 1 : 0 }, shape: [1, 9, 14, 1])
        expectIdentical(model(image, mask: mask), expected(image, mask: mask))
    }

    @Test func whatTrainingLeavesBesideTheGeneratorIsPassedOver() throws {
        var all = renamed("generator.")
        for name in [
            "discriminator.model1.weight", "loss_resnet_pl.impl.bias", "val_evaluator.scores.weight",
        ] {
            all[name] = .zeros([2])
        }
        _ = try model(all)
    }

    @Test func unknownTensorsAreNamed() {
        expectRefusal(tensors.merging(["model.40.weight": .zeros([1])]) { a, _ in a }, "model.40.weight")
    }

    @Test func aMissingTensorIsNamed() {
        expectRefusal(
            tensors.filter { $0.key != "model.4.conv2.ffc.convg2g.fu.bn.running_var" },
            "model.4.conv2.ffc.convg2g.fu.bn.running_var", "missing")
    }

    @Test func otherModelsAreRefused() {
        expectRefusal(["encoder.conv_in.weight": .zeros([1])], "no LaMa generator")
    }

    @Test func twoGeneratorsAreRefused() {
        expectRefusal(
            renamed("generator.").merging(renamed("average.")) { a, _ in a }, "2 generators", "average.")
    }

    @Test func localFourierUnitsAreRefusedByName() {
        let name = "model.4.conv1.ffc.convg2g.lfu.conv_layer.weight"
        expectRefusal(tensors.merging([name: .zeros([1])]) { a, _ in a }, "lfu")
    }

    @Test(arguments: [
        ("ngf", "0"), ("n_downsampling", "9"), ("n_blocks", "-1"), ("global_ratio", "1.0"), ("input_nc", "3"),
        ("max_features", "1"), ("model_type", "\"sam\""),
    ])
    func configurationsThatMakeNoSenseAreRefusedByKey(key: String, value: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/config.json"
            let head = key == "model_type" ? "" : "\"model_type\": \"lama\", "
            try "{\(head)\"\(key)\": \(value)}".write(toFile: path, atomically: true, encoding: .utf8)
            #expect {
                try loadConfiguration(LaMaConfiguration.self, from: path, modelTypes: ["lama"])
            } throws: { "\($0)".contains(key) }
        }
    }
}
