// Checks of kernels against reference computations, before timing.

public import Arrays
import Foundation
import Radiance

/// The error of a kernel relative to its reference.
public struct KernelCheck: Codable, Sendable {
    public var kernel: String
    /// Root mean square of the difference over that of the reference.
    public var error: Double
    /// Maximum error that rounding explains.
    public var tolerance: Double

    public var holds: Bool { error <= tolerance }

    /// Compares all kernel families of the current tier with general matmul, sums and the scalar tier.
    /// - Throws: field configuration errors.
    public static func all(_ precision: Precision) throws -> [KernelCheck] {
        products(precision) + [attention(precision), try field()]
    }

    /// Matmul and convolution by packed weights, compared with OpenBLAS over gathered pixels.
    private static func products(_ precision: Precision) -> [KernelCheck] {
        // Sums of 64 to 1152 products, each of two numbers rounded to 8 bits.
        let rounding = precision == .float32 ? 2e-6 : 6e-3
        let x = noise([150, 300]), w = noise([130, 300], seed: 2)
        let plain = x.matmul(w, transposeOther: true)
        var checks = [
            KernelCheck("matrix product", x.matmul(Weight(w, precision: precision)), plain, rounding)
        ]
        let cases: [(name: String, image: [Int], outputs: Int, kernel: Int, stride: Int)] = [
            ("convolution 3×3, stride 2", [1, 30, 34, 64], 40, 3, 2),
            ("convolution 7×7", [1, 20, 22, 8], 40, 7, 1),
            ("narrow convolution 7×7", [1, 20, 22, 48], 3, 7, 1),
            ("Winograd F(4×4, 3×3)", [1, 8, 8, 128], 64, 3, 1),
            ("Winograd F(6×6, 3×3)", [1, 66, 60, 128], 64, 3, 1),
        ]
        for c in cases {
            let image = noise(c.image), kernel = noise([c.outputs, c.image[3], c.kernel, c.kernel], seed: 3)
            let geometry = ConvolutionGeometry(
                input: c.image, weight: [c.kernel, c.kernel, c.image[3], c.outputs], stride: c.stride,
                padding: Padding(c.kernel / 2))
            let weight = Weight(kernel, precision: precision)
            let expected = geometry.plainForward(image, kernel)
            // The transforms amplify float32 rounding about five times, which is negligible compared with bfloat16's.
            let tolerance = max(rounding, c.name.hasPrefix("Winograd") ? 1e-5 : 0)
            checks.append(KernelCheck(c.name, geometry.forward(image, weight), expected, tolerance))
            let slope = noise(expected.shape, seed: 4)
            checks.append(
                KernelCheck(
                    c.name + ", gradient", geometry.inputGradient(slope, weight),
                    geometry.plainInputGradient(slope, kernel), tolerance))
        }
        return checks
    }

    /// Online softmax compared with softmax over all scores.
    private static func attention(_ precision: Precision) -> KernelCheck {
        let shape = [2, 300, 40], scale: Float = 0.16
        let (q, k, v) = (noise(shape), noise(shape, seed: 2), noise(shape, seed: 3))
        let expected = (q.matmul(k, transposeOther: true) * scale).softmax().matmul(v)
        let four = [1] + shape
        let result = Attention(
            q: q.reshaped(four), k: k.reshaped(four), v: v.reshaped(four), scale: scale, bias: nil,
            precision: precision
        ).forward().value.reshaped(shape)
        return KernelCheck("attention", result, expected, precision == .float32 ? 2e-6 : 1e-2)
    }

    /// A rendering compared with the scalar tier's.
    private static func field() throws -> KernelCheck {
        var random = RandomStream(seed: 0, stream: "check")
        var field = try RadianceField(FieldConfiguration(), random: &random)
        let rays = Camera(azimuth: 30, elevation: 20).rays(width: 24, height: 24)
        let result = field.render(rays).outputs
        field.tier = .scalar
        // Tiers differ by fused multiply-add rounding.
        return KernelCheck("field", result, field.render(rays).outputs, 1e-5)
    }

    private init(_ kernel: String, _ result: NDArray, _ expected: NDArray, _ tolerance: Double) {
        let difference = result - expected
        self.kernel = kernel
        error = ((difference * difference).total() / (expected * expected).total()).squareRoot()
        self.tolerance = tolerance
    }
}
