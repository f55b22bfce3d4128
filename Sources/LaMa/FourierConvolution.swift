// Fast Fourier convolution: local and global channels that exchange features.

import Arrays
import Autograd
import Checkpoints
import Layers

/// A 3×3 Fourier convolution of the residual blocks, with batch norm and ReLU on both groups.
///
/// local = ReLU(norm(l2l(local) + g2l(global))), global = ReLU(norm(l2g(local) + spectral(global))). Chi, Jiang & Mu
/// 2020; advimman/lama `ffc.py`, `FFC_BN_ACT` with `ratio_gin = ratio_gout`. The norms are folded into the
/// convolutions; each group's shift is the bias of its first one.
struct FourierConvolution: Sendable {
    private let localToLocal: Convolution2D
    private let globalToLocal: Convolution2D
    private let localToGlobal: Convolution2D
    private let globalToGlobal: SpectralTransform

    init(local: Int, global: Int, from weights: WeightScope) throws {
        let ffc = weights["ffc"]
        func path(_ name: String, _ inputs: Int, _ outputs: Int) throws -> Convolution2D {
            try Convolution2D(
                from: ffc[name], in: inputs, out: outputs, kernel: 3, padding: 1, border: .reflection,
                bias: false)
        }
        guard !ffc["convg2g.lfu"].contains("conv_layer.weight") else {
            throw CheckpointError(
                path: weights.origin,
                reason: "the generator has local Fourier units ('lfu'), which are not supported; "
                    + "take one trained with enable_lfu false, as big-lama")
        }
        let localNorm = try BatchNorm(from: weights["bn_l"], channels: local)
        let globalNorm = try BatchNorm(from: weights["bn_g"], channels: global)
        localToLocal = try path("convl2l", local, local).folding(localNorm)
        globalToLocal = try path("convg2l", global, local).folding(
            BatchNorm(scale: localNorm.scale, shift: .zeros([local])))
        localToGlobal = try path("convl2g", local, global).folding(globalNorm)
        globalToGlobal = try SpectralTransform(
            in: global, out: global, scale: globalNorm.scale, from: ffc["convg2g"])
    }

    func callAsFunction(_ local: Tensor, _ global: Tensor) -> (local: Tensor, global: Tensor) {
        (
            localToLocal(local, plus: globalToLocal(global), finally: .relu),
            localToGlobal(local, plus: globalToGlobal(global), finally: .relu)
        )
    }
}

/// Two Fourier convolutions with a residual connection, on `[batch, height, width, local + global]`.
struct FourierBlock: Sendable {
    private let conv1: FourierConvolution
    private let conv2: FourierConvolution
    private let local: Int

    init(_ configuration: LaMaConfiguration, from weights: WeightScope) throws {
        let global = configuration.globalChannels
        local = configuration.blockChannels - global
        conv1 = try FourierConvolution(local: local, global: global, from: weights["conv1"])
        conv2 = try FourierConvolution(local: local, global: global, from: weights["conv2"])
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let first = conv1(x.sliced(axis: 3, 0..<local), x.sliced(axis: 3, local..<x.shape[3]))
        let second = conv2(first.local, first.global)
        return x + Tensor.concatenated([second.local, second.global], axis: 3)
    }
}
