// A painted ball whose pictures are known exactly, and priors made from them.
import Arrays
import Distillation
import Foundation
import Radiance
import StableDiffusion

enum DistillationFixtures {
    static func schedule() throws -> NoiseSchedule {
        let text = """
            {"_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2",
             "prediction_type": "sample", "clip_sample": true}
            """
        return NoiseSchedule(try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(text.utf8)))
    }

    /// Premultiplied pictures of a ball of radius 0.7, off centre, coloured by its normals.
    static func ball(_ cameras: [Camera], size: Int) -> PosedPictures {
        let centre = SIMD3<Float>(0.1, 0, 0), samples = 3
        let pixels = NDArray(shape: [cameras.count, size, size, 4]) { out in
            for (i, camera) in cameras.enumerated() {
                for y in 0..<size {
                    for x in 0..<size {
                        var sum = SIMD4<Float>.zero
                        for k in 0..<samples * samples {
                            let (o, d) = camera.ray(
                                x: Float(x) + (Float(k % samples) + 0.5) / Float(samples),
                                y: Float(y) + (Float(k / samples) + 0.5) / Float(samples), width: size,
                                height: size)
                            let q = o - centre, b = (q * d).sum(), h = b * b - (q * q).sum() + 0.49
                            guard h > 0 else { continue }
                            let n = (q + d * (-b - h.squareRoot())) / 0.7
                            sum += SIMD4(n.x * 0.3 + 0.6, n.y * 0.3 + 0.4, n.z * 0.3 + 0.4, 1)
                        }
                        for c in 0..<4 {
                            out[((i * size + y) * size + x) * 4 + c] = sum[c] / Float(samples * samples)
                        }
                    }
                }
            }
        }
        return PosedPictures(cameras: cameras, pixels: pixels)
    }

    static func ring() -> [Camera] {
        (0..<8).map { Camera(azimuth: Float($0) * 45, elevation: $0 % 2 == 0 ? 5 : 30) }
    }

    static func prior(size: Int = 24, crop: CropTransform? = nil) throws -> GaussianViewPrior {
        GaussianViewPrior(
            targets: ball(ring(), size: size), spread: 0.05, schedule: try schedule(), referenceElevation: 10,
            referenceCrop: crop)
    }

    /// Every pixel of every view the same: what a prior that has gone wrong would ask for.
    static func flatPrior(_ pixel: [Float], size: Int = 16) throws -> GaussianViewPrior {
        let cameras = ring()
        let pixels = NDArray(shape: [cameras.count, size, size, 4]) { out in
            for i in out.indices { out[i] = pixel[i % 4] }
        }
        return GaussianViewPrior(
            targets: PosedPictures(cameras: cameras, pixels: pixels), spread: 0.02, schedule: try schedule(),
            referenceElevation: 10)
    }

    /// The ball from the front, framed so that its box takes 46/64 of the picture.
    static func reference() -> NDArray {
        var camera = Camera(azimuth: 0, elevation: 10)
        // tan(asin(0.7 / 2.7)) / tan(22.5 degrees): half the ball's height in half picture heights.
        let half: Float = 0.2685 / 0.4142
        camera.magnification = 46.0 / 64 / half
        camera.principalPoint = SIMD2(-0.1 / 2.7 / 0.4142 * camera.magnification, 0)
        return ball([camera], size: 64).pixels.reshaped([64, 64, 4])
    }

    static func configuration(steps: Int) -> DistillationConfiguration {
        var result = DistillationConfiguration(
            steps: steps, referenceSizes: [24, 32], samplesAcross: 48, smoothnessPoints: 256)
        result.field.grid = HashGrid(
            levels: 5, featuresPerLevel: 2, log2TableSize: 13, baseResolution: 5, finestResolution: 32)
        result.field.hiddenWidth = 16
        result.field.occupancyResolution = 24
        return result
    }
}
