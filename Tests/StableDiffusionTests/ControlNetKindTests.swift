// Pictures as ControlNets were trained on them, and which published one wants which.

import Images
import StableDiffusion
import Testing

@Suite struct ControlNetKindTests {
    @Test(arguments: [
        ("lllyasviel/control_v11p_sd15_canny", ControlNetKind.canny),
        ("models/control_v11f1p_sd15_depth.pth", .depth),
        ("sd-controlnet-scribble", .scribble), ("control_v11p_sd21_canny.safetensors", .canny),
    ])
    func publishedNamesTellTheKind(name: String, kind: ControlNetKind) {
        #expect(ControlNetKind(publishedName: name) == kind)
    }

    @Test func otherNamesTellNothing() {
        for name in ["", "control_v11p_sd15_openpose", "canny", "/"] {
            #expect(ControlNetKind(publishedName: name) == nil)
        }
    }

    @Test func depthIsStretchedToTheWholeRange() {
        let depth = Image(width: 3, height: 1, channels: 1, bytes: [60, 80, 140])
        #expect(ControlNetKind.depth.condition(from: depth).bytes == [0, 0, 0, 64, 64, 64, 255, 255, 255])
        let flat = Image(width: 2, height: 1, color: [0.7, 0.7, 0.7])
        #expect(ControlNetKind.depth.condition(from: flat).bytes == [0, 0, 0, 0, 0, 0])
    }

    @Test func strokesAreWhiteWhateverThePaper() {
        let ink: [UInt8] = [255, 255, 126, 255, 255, 127, 0, 0, 0, 250, 250, 250, 255, 255, 255]
        let sketch = Image(width: 5, height: 1, channels: 3, bytes: ink)
        let strokes = ControlNetKind.scribble.condition(from: sketch)
        #expect(strokes.bytes == [255, 0, 255, 0, 0].flatMap { [$0, $0, $0] })
        let chalk = Image(width: 5, height: 1, channels: 3, bytes: ink.map { 255 - $0 })
        #expect(
            ControlNetKind.scribble.condition(from: chalk).bytes
                == [0, 0, 255, 0, 0].flatMap { [$0, $0, $0] })
    }

    @Test func edgesOfAPhotographAreWhiteOnBlack() {
        let step = Image(width: 8, height: 4, channels: 1, bytes: (0..<32).map { $0 % 8 < 4 ? 0 : 255 })
        let edges = ControlNetKind.canny.condition(from: step)
        #expect(edges.channels == 3 && edges.bytes.count { $0 == 255 } == 4 * 3)
    }
}
