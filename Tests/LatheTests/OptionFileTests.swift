// Option values in YAML files and the sentences for what is wrong in them.

import Foundation
import Lathe
import Testing

@Suite struct OptionFileTests {
    @Test func valuesFlagsListsAndTuplesAreTold() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            """
            preset: draft
            fill-holes: true
            invert: false
            seed: 7
            point: [[320, 240], [10, 12, "-"]]
            box: [1, 2, 3, 4]
            set:
              steps: 20
            subtract: [a.png]
            """, "options.yaml")
        let entries = try OptionFile.load(path)
        let found = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) })
        #expect(found["preset"] == .values(["draft"]))
        #expect(found["fill-holes"] == .flag(true))
        #expect(found["invert"] == .flag(false))
        #expect(found["seed"] == .values(["7"]))
        #expect(found["point"] == .values(["320,240", "10,12,-"]))
        #expect(found["box"] == .values(["1,2,3,4"]))
        #expect(found["set"] == .values(["steps=20"]))
        #expect(found["subtract"] == .values(["a.png"]))
    }

    @Test(arguments: ["- a\n- b", "a: [", "--point: 1", "point: []", "point: [[[1]]]", "set: {a: [1]}"])
    func brokenFilesAreOneLineOfBadInput(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, "broken.yaml")
        let error = #expect(throws: LatheError.self) { try OptionFile.load(path) }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("broken.yaml") == true)
        #expect(error?.message.contains("\n") == false)
    }

    @Test func anEmptyFileGivesNothing() throws {
        let folder = try TemporaryFolder()
        #expect(try OptionFile.load(try folder.write("", "empty.yaml")).isEmpty)
    }
}

@Suite struct InputPictureTests {
    @Test func aFileIsNamedAfterItself() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("x", "my.photo.jpg")
        let picture = try InputPicture.find(path)
        #expect(picture.name == "my.photo")
        #expect(picture.picture == path)
        #expect(picture.selection.isEmpty)
    }

    @Test func aSceneNamesItsPictureAndItsClick() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("image: photo.png\npoint: [12, 30.5]\n", "scene.yaml")
        let picture = try InputPicture.find(folder.path)
        #expect(picture.picture == "\(folder.path)/photo.png")
        #expect(picture.selection.points == [Selection.Point(x: 12, y: 30.5)])
        #expect(picture.sceneFolder == folder.path)
    }

    @Test(arguments: ["[[1, 2], [3, 4, \"-\"]]", "[\"1,2\", \"3,4,-\"]"])
    func aSceneHasSeveralClicks(list: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("image: photo.png\npoints: \(list)\n", "scene.yaml")
        let found = try InputPicture.find(folder.path).selection.points
        #expect(found == [Selection.Point(x: 1, y: 2), Selection.Point(x: 3, y: 4, isObject: false)])
    }

    @Test(arguments: ["", "point: [1, 2]", "image: a.png\npoint: [1]", "image: ["])
    func brokenScenesAreNamed(text: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(text, "scene.yaml")
        let error = #expect(throws: LatheError.self) { try InputPicture.find(folder.path) }
        #expect(error?.message.contains("scene.yaml") == true)
    }

    @Test func nothingThereIsBadInput() throws {
        let folder = try TemporaryFolder()
        #expect(throws: LatheError.self) { try InputPicture.find(folder.path) }
        #expect(throws: LatheError.self) { try InputPicture.find("\(folder.path)/none.png") }
    }
}
