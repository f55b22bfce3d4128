// Scores of a lift beside the truth: what they measure, the table, and the bounds they are held to.

import Arrays
import Compositing
import Distillation
import Evaluation
import Foundation
import Images
import Lathe
import Radiance
import TestSupport
import Testing
import Toybox

@Suite struct LiftEvaluationTests {
    /// Overlaps and PSNRs that give every figure another value.
    private func evaluation(trained: Bool = true) throws -> LiftEvaluation {
        let text = """
            {"scene": "mug", "run": "Renders/mug", "className": "mug", "isTrainedClass": \(trained),
             "frontPSNR": 26, "lift": {"overlap": 0.75, "psnr": 21},
             "extruded": {"overlap": 0.7, "psnr": 17}, "meanObject": {"overlap": 0.6, "psnr": 15.5},
             "retrieval": {"overlap": 0.5, "psnr": 18.25}}
            """
        return try JSONDecoder().decode(LiftEvaluation.self, from: Data(text.utf8))
    }

    @Test func figuresCompareTheLiftWithEachGuess() throws {
        let figures = try evaluation().figures
        #expect(
            figures == [
                "front-psnr": 26, "novel-iou": 0.75, "novel-psnr": 21, "novel-psnr-above-extruded": 4,
                "novel-psnr-above-mean": 5.5, "novel-psnr-above-retrieval": 2.75,
                "novel-iou-above-retrieval": 0.25,
            ])
        #expect(Set(figures.keys) == Set(Requirement.names))
    }

    @Test(arguments: [("novel-iou", 0.75), ("novel-psnr-above-mean", 5.5), ("front-psnr", 26.0)])
    func aBoundHoldsUpToItsValue(name: String, value: Double) throws {
        let evaluation = try evaluation()
        let met = try #require(Requirement(parsing: "\(name)=\(value)"))
        #expect(met.failure(in: evaluation) == nil)
        let missed = try #require(Requirement(parsing: "\(name)=\(value + 0.001)"))
        let line = try #require(missed.failure(in: evaluation))
        #expect(line.hasPrefix("mug: \(name) is ") && line.contains("below \(value + 0.001)"), "\(line)")
    }

    @Test func aScoreThatIsNoNumberReachesNoBound() throws {
        var evaluation = try evaluation()
        evaluation.frontPSNR = .nan
        let bound = try #require(Requirement(parsing: "front-psnr=-1000"))
        #expect(bound.failure(in: evaluation) == "mug: front-psnr is nan, not at least -1000.0")
        evaluation.frontPSNR = .infinity
        #expect(bound.failure(in: evaluation) == nil)
        evaluation.frontPSNR = -.infinity
        #expect(bound.failure(in: evaluation) != nil)
    }

    @Test func rowsStandUnderTheirHead() throws {
        let row = try evaluation().row
        #expect(row.hasPrefix("mug ") && row.count == LiftEvaluation.head.count)
        #expect(row.contains("26.00") && row.contains("0.750") && row.contains("0.700 / 17.00"))
        // The end of every column lies under the end of its name.
        for (name, value) in [("IoU", "0.750"), ("extruded", "17.00"), ("retrieval", "18.25")] {
            let head = try #require(LiftEvaluation.head.range(of: name)?.upperBound)
            let cell = try #require(row.range(of: value)?.upperBound)
            #expect(
                LiftEvaluation.head.distance(from: LiftEvaluation.head.startIndex, to: head)
                    == row.distance(from: row.startIndex, to: cell), "\(name)")
        }
        #expect(try evaluation(trained: false).row.hasPrefix("mug (unseen class)"))
    }

    /// One pixel: silhouettes are cut at one half, colours are compared over white.
    @Test func viewsAreScoredOverWhiteAndTheirMeanIsTaken() {
        func view(_ pixels: [Float]) -> NDArray { NDArray(pixels, shape: [1, 2, 4]) }
        let truth = [
            view([0.5, 0.5, 0.5, 1, 0, 0, 0, 0]), view([0.5, 0.5, 0.5, 1, 0.5, 0.5, 0.5, 1]),
        ]
        // The first view has the object twice as large, but white, which shows nothing over white; the second is
        // darker by 0.1 everywhere, which is 20 dB.
        let found = [
            view([0.5, 0.5, 0.5, 1, 1, 1, 1, 1]), view([0.4, 0.4, 0.4, 1, 0.4, 0.4, 0.4, 1]),
        ]
        let scores = LiftEvaluation.Novel(found, truth: truth)
        #expect(abs(scores.overlap - 0.75) < 1e-9)
        #expect(abs(scores.psnr - 40) < 1e-4)
        let same = LiftEvaluation.Novel(truth, truth: truth)
        #expect(same.overlap == 1 && same.psnr == 60)
    }
}

@Suite struct LiftAndTruthTests {
    private static let scene = """
        image: photo.png
        generator: {kind: toybox, class: mug, seed: 2, split: heldout}
        camera: {azimuth: 25, elevation: 13}
        """

    /// A lump with colours and bumps of its own on every side.
    private let field: RadianceField

    init() throws {
        var random = RandomStream(seed: 2, stream: "field")
        var lump = try RadianceField(.lift, random: &random)
        lump.grid.withUnsafeMutableBuffer { for i in $0.indices { $0[i] *= 3e3 } }
        field = lump
    }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func save(_ folder: String, status: String, picture: String = "scene/photo.png") throws {
        let options = LiftOptions(
            picture: "\(folder)/\(picture)", selection: Selection(), models: ModelSet(root: nil),
            output: "\(folder)/run")
        let tree = try JSONSerialization.jsonObject(with: LatheJSON.encode(options))
        let record: [String: Any] = [
            "tool": "lathe", "version": LatheVersion.current, "command": "lift", "status": status,
            "options": tree, "seed": 0, "stages": [Any](), "scores": ["front PSNR": 25.0],
            "notes": [String](), "models": [Any](),
            "input": ["path": "", "sha256": "", "width": 4, "height": 4] as [String: Any],
            "machine": ["cpuTier": "", "openBLASCore": "", "threads": 1, "system": ""] as [String: Any],
        ]
        try JSONSerialization.data(withJSONObject: record).write(
            to: URL(fileURLWithPath: "\(folder)/run/run.json"))
    }

    /// Calls `body` with a folder that holds a scene of a toy and a finished run on it.
    private func withRun(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for name in ["run", "scene"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            try write(Self.scene, "\(folder)/scene/scene.yaml")
            try save(folder, status: "complete")
            let camera = String(
                decoding: try JSONEncoder().encode(Camera(azimuth: 0, elevation: 13)), as: UTF8.self)
            try FieldCheckpoint(
                field: field, notes: ["distillation": "{\"referenceCamera\": \(camera)}"]
            ).write(to: "\(folder)/run/field.safetensors")
            try body(folder)
        }
    }

    @Test func theTruthIsTheToyOfTheSceneFromTwelveSides() throws {
        try withRun { folder in
            let pictures = try LiftAndTruth(run: "\(folder)/run").pictures(size: 24)
            #expect(pictures.count == 24)
            let toy = try ToyObject.make(seed: 2, split: .heldOut, className: "mug")
            let truth = Baselines(azimuth: 25, elevation: 13, size: 24).render(toy)
            for (picture, view) in zip(pictures, truth) {
                #expect(
                    picture.pixels.scalars
                        == Image(premultiplied: view).composited(over: [1, 1, 1]).pixels.scalars)
            }
        }
    }

    /// Under each true view the lift from the same side of its photograph, which looks from the front.
    ///
    /// The photograph was framed more closely than the views: the lift, whose camera magnifies by 1, is shown smaller
    /// by as much as the truth's framing magnifies.
    @Test func theLiftIsShownFromTheSameSidesAtTheTruthsScale() throws {
        let toy = try ToyObject.make(seed: 2, split: .heldOut, className: "mug")
        let framed = Baselines(azimuth: 25, elevation: 13, size: 1).framedCamera(of: toy)
        let magnification = framed.width / ToyCamera(azimuth: 25, elevation: 13).width
        #expect(magnification < 0.95)
        try withRun { folder in
            let pictures = try LiftAndTruth(run: "\(folder)/run").pictures(size: 24)
            for (view, elevation) in [(0, 10), (1, 35), (2, -5), (3, 10), (10, 35)] as [(Int, Float)] {
                var camera = Camera(azimuth: 30 * Float(view), elevation: elevation)
                camera.magnification = magnification
                let seen = Image(
                    premultiplied: field.view(from: camera, size: 24, needsNormals: false).colour
                ).composited(over: [1, 1, 1])
                #expect(
                    PictureScores.psnr(pictures[12 + view].pixels, seen.pixels) > 45, "view \(view)")
            }
        }
    }

    @Test func runsThatCannotBeScoredAreRefused() throws {
        try withRun { folder in
            func refusal() throws -> String {
                let error = #expect(throws: LatheError.self) {
                    _ = try LiftAndTruth(run: "\(folder)/run")
                }
                #expect(error?.code == .badInput)
                return error?.message ?? ""
            }
            try save(folder, status: "interrupted")
            #expect(try refusal().contains("is not complete"))
            try save(folder, status: "complete", picture: "photo.png")
            #expect(try refusal().contains("no scene.yaml"))
            try save(folder, status: "complete")
            try write("image: photo.png\n", "\(folder)/scene/scene.yaml")
            #expect(try refusal().contains("does not say which toy"))
        }
    }
}
