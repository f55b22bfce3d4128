// Scales of a refinement, and the loss between adjacent scales.

import Arrays
import Autograd
import Foundation

/// An image and its hole at one scale.
struct PyramidLevel: Sendable {
    /// `[1, height, width, 3]`.
    let image: NDArray
    /// `[1, height, width, 1]`, 0 or 1.
    let hole: NDArray

    /// The scales of an image, smallest first: each has half the sides of the next (`_get_image_mask_pyramid`).
    static func levels(
        image: NDArray, hole: NDArray, minimumSide: Int, maximum: Int, pixelBudget: Int
    ) -> [PyramidLevel] {
        var level = PyramidLevel(image: image, hole: hole).fitting(pixelBudget)
        let side = Double(min(level.image.shape[1], level.image.shape[2]))
        let halvings = max(0, log2(side / Double(minimumSide))).rounded(.toNearestOrEven)
        var levels = [level]
        // A side of one pixel cannot be halved.
        while levels.count < min(1 + Int(halvings), maximum),
            min(level.image.shape[1], level.image.shape[2]) > 1
        {
            level = level.halved()
            levels.append(level)
        }
        return levels.reversed()
    }

    /// The same if the budget allows, else downscaled to it; a pixel partly in the hole becomes part of it.
    private func fitting(_ pixelBudget: Int) -> PyramidLevel {
        let (height, width) = (image.shape[1], image.shape[2])
        guard height * width > pixelBudget else { return self }
        let ratio = (Double(pixelBudget) / Double(height * width)).squareRoot()
        let h = max(1, Int(Double(height) * ratio)), w = max(1, Int(Double(width) * ratio))
        return PyramidLevel(
            image: image.resizedBilinear(height: h, width: w),
            hole: hole.resizedBilinear(height: h, width: w).above(1e-8))
    }

    private func halved() -> PyramidLevel {
        PyramidLevel(
            image: Tensor(image).pyramidDown().value, hole: Tensor(hole).pyramidDown().value.above(1e-8))
    }
}

/// Mean absolute differences: of the image to the input outside the hole, and of the downscaled image to the smaller
/// scale's result well inside the hole (`_l1_loss`).
struct RefinementLoss: Sendable {
    private let image: Tensor
    private let smaller: Tensor
    /// Weights of the two means, `[1, height, width, 1]` each.
    private let outside: Tensor
    private let inside: Tensor

    /// - Parameters:
    ///   - image, hole: of `level`, padded to whole features.
    ///   - smaller: the result of the smaller scale.
    init(level: PyramidLevel, image: NDArray, hole: NDArray, smaller: NDArray) {
        self.image = Tensor(image)
        self.smaller = Tensor(smaller)
        outside = Tensor(hole.affine(scale: -1, shift: 1).asMeanWeights(channels: 3))
        // Bilinear weights sum to 1 except for rounding.
        let core = level.hole.resizedBilinear(height: smaller.shape[1], width: smaller.shape[2]).above(
            1 - 1e-6)
        inside = Tensor(core.eroded().asMeanWeights(channels: 3))
    }

    /// - Parameters:
    ///   - picture: the level's part of `whole`.
    func callAsFunction(_ picture: Tensor, whole: Tensor) -> Tensor {
        ((whole - image).abs() * outside).sum() + ((picture.pyramidDown() - smaller).abs() * inside).sum()
    }
}

extension Tensor {
    /// Half the size of `[1, height, width, channels]`: a 5×5 Gaussian of deviation 1, then bilinear (`_pyrdown`).
    fileprivate func pyramidDown() -> Tensor {
        let channels = shape[3], kernel = blurLine(channels: channels)
        func line(_ height: Int, _ width: Int) -> Weight {
            Weight(NDArray(kernel, shape: [channels, channels, height, width]))
        }
        let columns = Padding(top: 2, left: 0, bottom: 2, right: 0)
        let rows = Padding(top: 0, left: 2, bottom: 0, right: 2)
        return convolved(line(5, 1), padding: columns, border: .reflection)
            .convolved(line(1, 5), padding: rows, border: .reflection)
            .resizedBilinear(height: shape[1] / 2, width: shape[2] / 2)
    }
}

/// Five weights of a Gaussian of deviation 1 for every channel, without coupling of channels: `[channels, channels,
/// 5]`.
private func blurLine(channels: Int) -> [Float] {
    let bell = (-2...2).map { exp(-0.5 * Double($0 * $0)) }
    let total = bell.reduce(0, +)
    var line = [Float](repeating: 0, count: 5 * channels * channels)
    for (k, weight) in bell.enumerated() {
        for c in 0..<channels { line[(c * channels + c) * 5 + k] = Float(weight / total) }
    }
    return line
}

extension NDArray {
    /// 1 where at least `bound`, else 0.
    fileprivate func above(_ bound: Float) -> NDArray {
        NDArray(scalars.map { $0 >= bound ? 1 : 0 }, shape: shape)
    }

    /// Flags as the weights of a mean over them and `channels`; all zero if no flag is set.
    fileprivate func asMeanWeights(channels: Int) -> NDArray {
        let count = total() * Double(channels)
        return count > 0 ? affine(scale: Float(1 / count)) : self
    }

    /// Erosion of `[1, height, width, 1]` flags by a 15×15 ellipse; pixels beyond the border count as set.
    fileprivate func eroded() -> NDArray {
        let (height, width) = (shape[1], shape[2]), radius = 7
        // OpenCV's `getStructuringElement(MORPH_ELLIPSE, (15, 15))`: half the length of each of its rows.
        let reach = (-radius...radius).map { dy in
            Int((Double(radius * radius - dy * dy)).squareRoot().rounded(.toNearestOrEven))
        }
        let flags = scalars
        // Columns to the nearest clear pixel of the same row.
        var clearance = [Int](repeating: .max, count: flags.count)
        for y in 0..<height {
            var last = -1
            for x in 0..<width {
                if flags[y * width + x] == 0 { last = x }
                if last >= 0 { clearance[y * width + x] = x - last }
            }
            last = -1
            for x in (0..<width).reversed() {
                if flags[y * width + x] == 0 { last = x }
                if last >= 0 { clearance[y * width + x] = min(clearance[y * width + x], last - x) }
            }
        }
        let result = (0..<height * width).map { i -> Float in
            let (y, x) = (i / width, i % width)
            for dy in -radius...radius where 0..<height ~= y + dy {
                if clearance[(y + dy) * width + x] <= reach[dy + radius] { return 0 }
            }
            return 1
        }
        return NDArray(result, shape: shape)
    }
}
