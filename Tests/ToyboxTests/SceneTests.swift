// Scenes and photographs: masks, boxes, clicks.

import Testing
import Toybox

@Suite struct SceneTests {
    @Test func boxesAreTightAroundVisibleMasks() throws {
        for seed in UInt64(0)..<8 {
            let scene = try ToyScene.make(seed: seed, split: .train, width: 96, height: 80)
            #expect(scene.image.count == 96 * 80 * 3 && scene.ids.count == 96 * 80)
            #expect(scene.ids.allSatisfy { Int($0) <= scene.items.count })
            #expect(scene.items.count <= ToyScene.mostObjects)
            for (index, item) in scene.items.enumerated() {
                var box = (x0: 96, y0: 80, x1: 0, y1: 0), count = 0
                for y in 0..<80 {
                    for x in 0..<96 where scene.ids[y * 96 + x] == UInt8(index + 1) {
                        box = (min(box.x0, x), min(box.y0, y), max(box.x1, x + 1), max(box.y1, y + 1))
                        count += 1
                    }
                }
                #expect(box == item.box && count == item.visiblePixels)
                #expect(scene.caption.contains(item.object.caption) || scene.items.count > 3)
            }
        }
    }

    @Test func scenesVary() throws {
        let scenes = try (UInt64(0)..<24).map {
            try ToyScene.make(seed: $0, split: .train, width: 32, height: 32)
        }
        #expect(Set(scenes.map(\.caption)).count > 18)
        #expect(Set(scenes.map(\.items.count)).count >= 4)
    }

    @Test func photographShowsItsMainObjectWholeAndUnhidden() throws {
        for (seed, name) in [(UInt64(3), "mug"), (4, "teapot"), (5, "chair")] {
            let photograph = try ToyPhotograph.make(seed: seed, className: name, size: 128)
            let truth = ToyRenderer.render(
                photograph.object, camera: photograph.camera, width: 128, height: 128)
            var hidden = 0, covered = 0
            for i in 0..<(128 * 128) where truth.colour[i * 4 + 3] >= 0.5 {
                covered += 1
                if photograph.scene.ids[i] != 1 { hidden += 1 }
            }
            #expect(covered > 1000 && hidden * 100 <= covered, "\(name): \(hidden) of \(covered) hidden")
            #expect(photograph.scene.ids[photograph.click.y * 128 + photograph.click.x] == 1)
            let text = photograph.sceneFile(arrangement: 0)
            #expect(text.contains("class: \(name)") && text.contains("seed: \(seed)"))
        }
    }

    @Test func arrangementChangesTheSurroundingsOnly() throws {
        let a = try ToyPhotograph.make(seed: 9, size: 64, arrangement: 3)
        let b = try ToyPhotograph.make(seed: 9, size: 64, arrangement: 3)
        #expect(a.scene.image == b.scene.image && a.click == b.click)
        let other = try ToyPhotograph.make(seed: 9, size: 64, arrangement: 4)
        #expect(a.scene.image != other.scene.image && a.object.caption == other.object.caption)
    }
}
