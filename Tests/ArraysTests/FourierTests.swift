// Fourier transforms against the plain sum, in every instruction-set variant and for every kind of length.

import Arrays
import Foundation
import TestSupport
import Testing

@Suite struct FourierTests {
    private static let tiers = KernelTier.allCases.filter { $0.rawValue <= KernelTier.detected.rawValue }

    private func normal(_ shape: [Int], _ name: String = "x") -> NDArray {
        var stream = RandomStream(seed: 5, stream: name)
        return stream.normal(shape)
    }

    /// The orthonormal spectrum of `[height, width, channels]` by its definition, in double precision.
    private func plainSpectrum(_ x: [Float], _ h: Int, _ w: Int, _ c: Int) -> [Float] {
        var result: [Float] = []
        let scale = 1 / Double(h * w).squareRoot()
        for ky in 0..<h {
            for kx in 0...w / 2 {
                var re = [Double](repeating: 0, count: c), im = re
                for y in 0..<h {
                    for x0 in 0..<w {
                        let turn = Double(ky * y % h) / Double(h) + Double(kx * x0 % w) / Double(w)
                        let (cosine, sine) = (Foundation.cos(2 * .pi * turn), Foundation.sin(2 * .pi * turn))
                        for k in 0..<c {
                            re[k] += Double(x[(y * w + x0) * c + k]) * cosine
                            im[k] -= Double(x[(y * w + x0) * c + k]) * sine
                        }
                    }
                }
                result += (re + im).map { Float($0 * scale) }
            }
        }
        return result
    }

    /// Lengths of every radix alone and mixed, primes beyond them, one, and a square of a prime.
    @Test(arguments: [
        (1, 1), (1, 2), (2, 1), (3, 4), (5, 6), (7, 8), (16, 9), (12, 15), (11, 13), (49, 2), (2, 49),
        (1, 37), (10, 60),
    ])
    func spectraEqualThePlainSum(height: Int, width: Int) {
        for channels in [1, 5, 33] where height * width * channels < 20_000 {
            let x = normal([1, height, width, channels])
            let expected = plainSpectrum(x.scalars, height, width, channels)
            expectClose(x.rfft2().scalars, expected, relative: 1e-6, "\(height) × \(width) × \(channels)")
        }
    }

    @Test(arguments: [(1, 1), (2, 3), (6, 7), (8, 8), (9, 10), (64, 33), (23, 46)])
    func backAndForthIsTheIdentity(height: Int, width: Int) {
        let x = normal([2, height, width, 19])
        expectClose(x.rfft2().irfft2(width: width), x, relative: 1e-6, "\(height) × \(width)")
    }

    /// Σ F(x) y = Σ x F*(y) for both directions.
    @Test(arguments: [(4, 6), (5, 7), (1, 2), (3, 1)]) func adjointsAreAdjoint(height: Int, width: Int) {
        let x = normal([1, height, width, 3]), y = normal([1, height, width / 2 + 1, 6], "y")
        let forward = x.rfft2().dot(y), back = x.dot(y.irfft2(width: width, interior: 0.5))
        #expect(abs(forward - back) < 1e-5 * max(1, abs(forward)))
        let inverse = y.irfft2(width: width).dot(x), there = y.dot(x.rfft2(interior: 2))
        #expect(abs(inverse - there) < 1e-5 * max(1, abs(inverse)))
    }

    @Test(arguments: tiers) func everyVariantTransformsLinesAlike(_ tier: KernelTier) {
        let kernels = FourierKernels(tier)
        for (length, channels) in [(1, 3), (8, 16), (30, 17), (14, 47), (22, 32), (25, 1)] {
            let line = FourierLine(length: length), half = length / 2 + 1
            let x = normal([1, 1, length, channels])
            // One value more than is written: it must stay.
            var spectrum = [Float](repeating: 7, count: half * 2 * channels + 1)
            var back = [Float](repeating: 7, count: length * channels + 1)
            withUnsafeTemporaryAllocation(byteCount: line.scratch * 4, alignment: 64) { memory in
                let scratch = memory.bindMemory(to: Float.self)
                guard let base = scratch.baseAddress else { return }
                x.withUnsafeBuffer { buffer in
                    guard let input = buffer.baseAddress else { return }
                    kernels.real(
                        line, input, channels: channels, scale: line.scale, interior: 1, &spectrum,
                        scratch: base)
                }
                kernels.realInverse(
                    line, spectrum, channels: channels, scale: line.scale, interior: 1, &back, scratch: base)
            }
            #expect(spectrum.last == 7 && back.last == 7)
            expectClose(
                Array(spectrum.dropLast()), plainSpectrum(x.scalars, 1, length, channels), relative: 1e-6,
                "\(tier) \(length) × \(channels)")
            expectClose(Array(back.dropLast()), x.scalars, relative: 1e-6, "\(tier) \(length) × \(channels)")
        }
    }
}
