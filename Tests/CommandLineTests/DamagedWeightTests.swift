// Weights that are found damaged only when a layer first reads them: one line, exit code 3, nothing half-written.

import Foundation
import Testing

@Suite struct DamagedWeightTests {
    /// A file of the starter set, and a command that needs it.
    struct Case: CustomTestStringConvertible {
        let file: String
        let option: String
        let command: [String]

        var testDescription: String { file }
        var part: String { String(file.prefix { $0 != "/" }) }
    }

    private static let photograph = Program.packageRoot.appendingPathComponent("Scenes/mug/photo.png").path
    private static let models = Program.packageRoot.appendingPathComponent("Models/starter").path
    private static let lift = ["lift", photograph, "--set", "steps=2", "--point", "64,64"]
    private static let generate = ["generate", "--prompt", "a red apple", "--steps", "2"]

    static let cases = [
        Case(
            file: "segmenter/model.safetensors", option: "--sam",
            command: ["segment", photograph, "--point", "64,64"]),
        Case(file: "captioner/model.safetensors", option: "--captioner", command: ["caption", photograph]),
        Case(
            file: "inpainter/model.safetensors", option: "--inpainter",
            command: ["remove", photograph, "--point", "64,64"]),
        Case(file: "diffusion/text_encoder/model.safetensors", option: "--diffusion", command: generate),
        Case(
            file: "diffusion/unet/diffusion_pytorch_model.safetensors", option: "--diffusion",
            command: generate),
        Case(
            file: "diffusion/vae/diffusion_pytorch_model.safetensors", option: "--diffusion",
            command: generate),
        Case(file: "prior/image_encoder/model.safetensors", option: "--view-prior", command: lift),
        Case(file: "prior/first_guess.safetensors", option: "--view-prior", command: lift),
        Case(
            file: "prior/unet/diffusion_pytorch_model-00001-of-00002.safetensors", option: "--view-prior",
            command: lift),
    ]

    @Test(arguments: cases)
    func areRefused(_ test: Case) throws {
        let scratch = try Scratch()
        let folder = scratch.path(test.part)
        try FileManager.default.copyItem(atPath: "\(Self.models)/\(test.part)", toPath: folder)
        let file = folder + test.file.dropFirst(test.part.count)
        try damage(file)
        let output = scratch.path("out")
        let takesOutput = test.command[0] != "caption"
        let outcome = try Program.run(
            test.command + ["--models", Self.models, test.option, folder]
                + (takesOutput ? ["-o", output] : []))
        #expect(outcome.status == 3, "\(outcome.status) \(outcome.errors)")
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("holds NaN or infinity"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: output) || test.command[0] == "lift")
    }

    /// Overwrites all matrices and kernels by NaN; what is read at once stays whole.
    private func damage(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: url)
        let length = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let header = try #require(
            try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
        for case let entry as [String: Any] in header.values {
            guard let shape = entry["shape"] as? [Int], shape.filter({ $0 > 1 }).count > 1,
                let place = entry["data_offsets"] as? [Int]
            else { continue }
            let range = 8 + length + place[0]..<8 + length + place[1]
            bytes.replaceSubrange(range, with: repeatElement(0xFF, count: range.count))
        }
        try bytes.write(to: url)
    }
}
