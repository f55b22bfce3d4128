// How results are written as JSON, and where a fresh run may be written.

import Foundation
import Images
import Lathe
import Testing

@Suite struct RecordTests {
    @Test func pathsAndKeysAreReadable() throws {
        let value: [String: [String]] = ["b": ["Scenes/mug"], "a": []]
        let pretty = String(decoding: try LatheJSON.encode(value), as: UTF8.self)
        #expect(pretty.contains("\"Scenes/mug\"") && pretty.hasSuffix("}\n"))
        let plain = String(decoding: try LatheJSON.encode(value, pretty: false), as: UTF8.self)
        #expect(plain == "{\"a\":[],\"b\":[\"Scenes/mug\"]}\n")
    }

    @Test func whatIsNoNumberIsWrittenAsAWord() throws {
        let text = String(
            decoding: try LatheJSON.encode([Double.nan, .infinity, -.infinity], pretty: false), as: UTF8.self)
        #expect(text == "[\"nan\",\"inf\",\"-inf\"]\n")
    }

    @Test func aFolderOfOtherFilesIsNoPlaceForARun() throws {
        let folder = try TemporaryFolder()
        let picture = try folder.save(Image(width: 8, height: 8, color: [1, 0, 0]), "photo.png")
        func refusal(_ output: String) throws -> String {
            let options = LiftOptions(
                picture: picture, selection: Selection(), models: ModelSet(root: nil), output: output)
            return try #require(#expect(throws: LatheError.self) { _ = try Lift(options) }).message
        }
        #expect(try refusal(folder.path).contains("holds files that are no run"))
        #expect(try refusal(picture).contains("is a file"))
        // Where nothing is in the way, the next thing missed is a model.
        #expect(try refusal("\(folder.path)/fresh").contains("prior"))
        _ = try folder.write("{}", "run.json")
        #expect(try refusal(folder.path).contains("is not a run record"))
    }
}

@Suite struct SelectedMaskTests {
    private let width = 40, height = 30

    /// The mask that a selection of files and settings comes to.
    private func found(_ change: (inout Selection, TemporaryFolder) throws -> Void) throws -> Mask {
        let folder = try TemporaryFolder()
        var selection = Selection()
        selection.maskPath = try folder.save(
            EditBench.box(PixelRectangle(left: 5, top: 5, right: 25, bottom: 20), width: 40, height: 30),
            "mask.png")
        try change(&selection, folder)
        return try Selector.select(
            in: Image(width: width, height: height, color: [0.5, 0.5, 0.5]), selection,
            session: ModelSession(ModelSet(root: nil))
        ).mask
    }

    @Test func aMaskIsTakenAwayFromTheSelection() throws {
        let mask = try found { selection, folder in
            selection.subtractPath = try folder.save(
                EditBench.box(PixelRectangle(left: 15, top: 0, right: 40, bottom: 30), width: 40, height: 30),
                "other.png")
        }
        #expect(
            mask.boundingBox == PixelRectangle(left: 5, top: 5, right: 15, bottom: 20) && mask.area == 150)
    }

    @Test func growthMovesTheEdgeAndInversionComesLast() throws {
        #expect(try found { _, _ in }.area == 300)
        let grown = try found { selection, _ in selection.growth = .pixels(2) }
        #expect(grown.boundingBox == PixelRectangle(left: 3, top: 3, right: 27, bottom: 22))
        // Ten percent of the longer side, which is 20 pixels.
        let percent = try found { selection, _ in selection.growth = .percent(10) }
        #expect(percent.inside == grown.inside)
        let inverted = try found { selection, _ in
            selection.growth = .pixels(2)
            selection.isInverted = true
        }
        #expect(inverted.inside == grown.inside.map { !$0 })
    }

    @Test func islandsAndHolesAreCleaned() throws {
        let (width, height) = (width, height)
        func pieces(_ change: @escaping (inout Selection) -> Void) throws -> Int {
            try found { selection, folder in
                let inside = (0..<width * height).map { pixel in
                    let (x, y) = (pixel % width, pixel / width)
                    return (5..<25 ~= x && 5..<20 ~= y && !(10..<12 ~= x && 10..<12 ~= y))
                        || (30..<33 ~= x && 5..<8 ~= y)
                }
                selection.maskPath = try folder.save(
                    Mask(width: width, height: height, inside: inside), "pieces.png")
                change(&selection)
            }.area
        }
        #expect(try pieces { _ in } == 300 - 4 + 9)
        #expect(try pieces { $0.fillHoles = true } == 300 + 9)
        #expect(try pieces { $0.smallestIsland = 10 } == 300 - 4)
    }
}
