// Lifts and their results from the command line: exit codes of what is stopped and of what does not hold.

import Arrays
import Foundation
import Images
import Radiance
import Testing

@Suite struct LiftCommandTests {
    private static let starter = Program.packageRoot.appending(path: "Models/starter").path
    fileprivate static let hasPrior = FileManager.default.fileExists(
        atPath: starter + "/prior/model_index.json")
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: [String], interruptedAt words: String? = nil) throws -> Outcome {
        try Program.run(
            arguments, in: scratch.folder, environment: ["LATHE_MODELS": Self.starter], interruptedAt: words)
    }

    private func status(of run: String) throws -> String? {
        let data = try Data(contentsOf: URL(fileURLWithPath: scratch.path("\(run)/run.json")))
        return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["status"] as? String
    }

    /// Stopped while it lifts, which its progress tells after two seconds: the steps are more than these take.
    @Test(.enabled(if: LiftCommandTests.hasPrior, "the starter prior is not in Models/starter"))
    func controlCKeepsTheWorkOfALift() throws {
        let size = 48
        let bytes = (0..<size * size).flatMap { (i: Int) -> [UInt8] in
            let (x, y) = (i % size - 24, i / size - 24)
            return [200, 60, 40, x * x + y * y < 300 ? 255 : 0]
        }
        try Image(width: size, height: size, channels: 4, bytes: bytes).savePNG(scratch.path("disc.png"))
        let outcome = try run(
            [
                "lift", "disc.png", "--prompt", "a red ball", "--set", "steps=5000", "--set",
                "samplesAcross=24",
                "--set", "referenceSizes=[32]", "--set", "smoothnessPoints=128", "-o", "run",
            ], interruptedAt: "lifting it into 3D")
        #expect(outcome.status == 130, "\(outcome.status) \(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.errorLines == [
                "lathe: interrupted; the work is kept, go on with: lathe lift run --resume"
            ])
        #expect(try status(of: "run") == "interrupted")
    }

    @Test func aFieldWithoutASurfaceIsExitCodeFour() throws {
        var random = RandomStream(seed: 1, stream: "field")
        var configuration = FieldConfiguration(
            grid: HashGrid(
                levels: 1, featuresPerLevel: 1, log2TableSize: 8, baseResolution: 2, finestResolution: 2),
            hiddenWidth: 8)
        // Without the bump in the middle there is next to nothing anywhere.
        configuration.density = DensityActivation(bias: -12)
        let field = try RadianceField(configuration, random: &random)
        try FieldCheckpoint(field: field).write(to: scratch.path("empty.safetensors"))
        let outcome = try run(["mesh", "empty.safetensors", "--resolution", "16", "-o", "empty.ply"])
        #expect(outcome.status == 4, "\(outcome.status) \(outcome.errors)")
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("no surface"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["empty.safetensors"])
    }
}
