// LaMa.

import Arrays
import LaMa
import Lathe

extension Workload {
    static let inpainting = [
        Workload("lama", "LaMa, big-lama's size, 512²", gigaflops: 440, of: .inpainter) {
            let model = try $0.inpainter()
            var random = RandomStream(seed: 1, stream: "bench")
            let picture = random.uniform([1, 512, 512, 3])
            let hole = NDArray(shape: [1, 512, 512, 1]) { out in
                for i in out.indices { out[i] = 160..<352 ~= i / 512 && 160..<352 ~= i % 512 ? 1 : 0 }
            }
            return PreparedWork { _ = model(picture, mask: hole) }
        }
    ]
}
