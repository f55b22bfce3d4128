// Random streams: published vectors, statistics, and PyTorch's own numbers.
import Arrays
import TestSupport
import Testing

@Suite struct RandomTests {
    /// Known answers of Philox 4x32-10 from the Random123 distribution (kat_vectors).
    @Test func philoxMatchesPublishedVectors() {
        var zero = RandomStream(seed: 0, stream: 0 as UInt64)
        #expect(
            (0..<4).map { _ in zero.nextUInt32() } == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    }

    @Test func streamsAreReproducibleAndDistinct() {
        var a = RandomStream(seed: 1, stream: "a"), again = RandomStream(seed: 1, stream: "a")
        var b = RandomStream(seed: 1, stream: "b"), later = RandomStream(seed: 1, stream: "a", step: 1)
        let draw = a.uniform([100])
        expectIdentical(draw, again.uniform([100]))
        #expect(draw.scalars != b.uniform([100]).scalars)
        #expect(draw.scalars != later.uniform([100]).scalars)
        var copy = a
        #expect(a.uniform() == copy.uniform())
    }

    @Test func momentsAreRight() {
        var stream = RandomStream(seed: 2, stream: "moments")
        let n = 200_000
        let u = stream.uniform([n]), z = stream.normal([n])
        #expect(u.scalars.allSatisfy { $0 >= 0 && $0 < 1 })
        // Five standard errors each.
        let error = 5 / Double(n).squareRoot()
        let (mean, centre, variance) = (u.total() / Double(n), z.total() / Double(n), z.dot(z) / Double(n))
        #expect(abs(mean - 0.5) < 0.289 * error)
        #expect(abs(centre) < error)
        #expect(abs(variance - 1) < 1.4143 * error)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[stream.int(below: 7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
        #expect(stream.normal([5]).shape == [5])
    }

    /// `g = torch.Generator("cpu").manual_seed(s); torch.randn(n, generator=g)` for successive n.
    @Test func torchNormalsOfAllSizes() {
        var g = TorchGenerator(seed: 0)
        expectClose(g.normal([3]).scalars, [1.540_996_07, -0.293_428_898, -2.178_789_38], relative: 1e-6)
        expectClose(g.normal([2]).scalars, [0.568_431_258, -1.084_522_37], relative: 1e-6)
        expectClose(
            g.normal([4, 4]).scalars,
            [
                -0.088_531_427_1, 0.523_883_283, -0.665_871_322, 0.850_377_381, -1.352_653_74, -1.695_931_2,
                0.566_650_629, 0.793_508_351, -0.193_183_035, -0.308_962_524, 0.502_572_834, -0.859_445_632,
                0.750_189_483, -0.585_497_558, -0.173_396_751, 0.183_477_938,
            ], relative: 1e-6)
        expectClose(
            g.normal([5]).scalars,
            [-1.398_595_45, -1.071_187_38, 0.122_701_243, -0.566_317_499, 0.373_114_645],
            relative: 1e-6)
    }

    @Test func torchNormalsWithARemainder() {
        var g = TorchGenerator(seed: 1234)
        expectClose(g.normal([1]).scalars, [0.046_130_463_5], relative: 1e-6)
        expectClose(g.normal([1]).scalars, [0.402_402_818], relative: 1e-6)
        expectClose(
            g.normal([21]).scalars,
            [
                0.053_900_193_4, 0.668_373_704, -0.059_657_607_2, -0.467_497_945, -0.314_352_393,
                -0.714_080_095,
                -1.083_124_4, -0.554_724_216, 0.971_684_992, -0.515_009_165, 1.425_526_62, 0.798_685_431,
                -1.494_875_79, 1.477_784_28, -0.169_623_628, -0.991_857_35, -1.456_908_46, 0.256_291_747,
                -0.403_046_966, 0.419_527_382, 0.938_027_382,
            ], relative: 1e-6)
        expectClose(
            g.normal([4]).scalars, [0.537_467_003, 0.038_214_366_9, -0.644_554_198, -1.034_133_32],
            relative: 1e-6)
    }

    @Test func torchUniformsAndLargeSeeds() {
        var g = TorchGenerator(seed: 7)
        #expect(
            g.uniform([5]).scalars == [
                0.534_922_54, 0.198_803_186, 0.659_211_695, 0.656_890_273, 0.232_761_562,
            ])
        var latent = TorchGenerator(seed: 5_000_000_000)
        let values = latent.normal([1, 4, 8, 8]).scalars
        expectClose(
            stride(from: 0, to: 256, by: 37).map { values[$0] },
            [
                -0.808_454_752, -0.443_361_253, 0.748_964_131, 1.048_049_93, -0.012_816_391_9, 0.153_061_986,
                0.247_703_299,
            ], relative: 1e-6)
    }
}
