// Photographs that were stored turned: everything drawn over them stands upright.

import Arrays
import Foundation
import Images
import Lathe
import TestSupport
import Testing

@Suite struct OverlayTests {
    private static let pictures = EditBench.pictures

    /// The left third of the upright picture, which no turn maps onto itself.
    private func mask(_ picture: Image) -> Mask {
        Mask(
            width: picture.width, height: picture.height,
            inside: (0..<picture.width * picture.height).map { $0 % picture.width < picture.width / 3 })
    }

    /// The eight files hold the pixels of `rgb.png`, each stored another way with the Exif tag that says so.
    @Test(arguments: 1...8) func theOverlayOfATurnedPhotographIsUpright(orientation: Int) throws {
        let upright = try Image.load("\(Self.pictures)/rgb.png")
        let folder = try TemporaryFolder()
        var selection = Selection()
        selection.maskPath = try folder.save(mask(upright), "mask.png")
        let result = try Segment.run(
            picture: "\(Self.pictures)/turned\(orientation).png", selection: selection,
            session: ModelSession(ModelSet(root: nil)), allMasks: false, output: "\(folder.path)/out")
        let overlay = try Image.load(result.overlay)
        #expect(overlay.bytes == upright.overlay(mask(upright)).bytes)
        let object = try Image.load(result.object)
        #expect(object.width == upright.width && object.height == upright.height)
        // Inside the mask the cut-out shows the photograph.
        let (found, expected) = (object.bytes, upright.bytes)
        for y in 0..<upright.height {
            let pixel = y * upright.width + 2
            #expect(found[4 * pixel..<4 * pixel + 3].elementsEqual(expected[3 * pixel..<3 * pixel + 3]))
        }
    }

    /// Clicks are given in the upright picture, and marked there: green on the object, red off it.
    @Test func clicksAreMarkedWhereTheyWere() throws {
        let grey = Image(width: 90, height: 60, color: [0.5, 0.5, 0.5])
        let overlay = grey.overlay(
            Mask(width: 90, height: 60, value: 0),
            clicks: [ClickMark(x: 20, y: 10, isObject: true), ClickMark(x: 70, y: 45, isObject: false)],
            boxes: [PixelRectangle(left: 30, top: 20, right: 60, bottom: 40)])
        let values = overlay.pixels.scalars
        func colour(_ x: Int, _ y: Int) -> [Float] { Array(values[3 * (y * 90 + x)..<3 * (y * 90 + x) + 3]) }
        #expect(colour(20, 10)[1] > 0.7 && colour(20, 10)[0] < 0.2)
        #expect(colour(70, 45)[0] > 0.8 && colour(70, 45)[1] < 0.3)
        // The frame is yellow on its edge, and nothing inside of it changes.
        #expect(colour(30, 30)[0] > 0.8 && colour(30, 30)[2] < 0.3)
        #expect(colour(45, 30) == [0.5, 0.5, 0.5])
    }
}
