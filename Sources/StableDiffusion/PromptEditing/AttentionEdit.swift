// A change of attention weights within one step of the denoiser: Prompt-to-Prompt's control.

public import Arrays
import Autograd

/// Entries of a batch whose attention follows that of another entry, or has words made stronger or weaker.
///
/// For cross-attention weights P of a source and an edited entry, `[heads, pixels, tokens]`, the edited entry gets
/// `(P_source · mapping + P_edited · own) · factors`, with `own` and `factors` per token.
/// Source: Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross-Attention Control", section 3.
public struct AttentionEdit: Sendable {
    /// What an attention layer calls: weights `[batch, heads, n, m]` to weights of the same shape.
    typealias Function = (Tensor) -> Tensor

    /// Maps taken over from a source.
    public struct Replacement: Sendable {
        /// `[sourceTokens, tokens]`: how much of each source token's map an edited token takes.
        public let mapping: NDArray
        /// `[tokens]`: 1 where an edited token keeps its own map, 0 where it takes the source's.
        public let own: NDArray

        public init(mapping: NDArray, own: NDArray) {
            precondition(
                mapping.rank == 2 && own.shape == [mapping.shape[1]],
                "AttentionEdit: mapping \(mapping.shape) [source, tokens] and own \(own.shape) [tokens]")
            (self.mapping, self.own) = (mapping, own)
        }
    }

    /// The batch entry that is followed; nil when words are only re-weighted.
    public var source: Int?
    /// The batch entry that is changed.
    public var edited: Int
    /// Cross-attention taken over from the source in this step.
    public var cross: Replacement?
    /// `[tokens]`: factors of each token's map; nil for none.
    public var factors: NDArray?
    /// Self-attention is taken over whole in layers of at most so many pixels; 0 for none.
    public var selfAttentionPixels: Int

    public init(
        source: Int?, edited: Int, cross: Replacement? = nil, factors: NDArray? = nil,
        selfAttentionPixels: Int = 0
    ) {
        (self.source, self.edited, self.cross) = (source, edited, cross)
        (self.factors, self.selfAttentionPixels) = (factors, selfAttentionPixels)
    }

    /// The same edit where the entries stand `offset` further on in the batch.
    public func shifted(by offset: Int) -> AttentionEdit {
        var edit = self
        edit.source = source.map { $0 + offset }
        edit.edited += offset
        return edit
    }

    // MARK: What attention layers ask for

    /// The change of a cross-attention layer; nil for none.
    var crossEdit: Function? {
        guard factors != nil || (source != nil && cross != nil) else { return nil }
        return { weights in
            replacing(edited, of: weights) { own in
                var row = own
                if let source, let cross {
                    row = entry(source, of: weights).matmul(Tensor(cross.mapping)) + own * Tensor(cross.own)
                }
                if let factors { row = row * Tensor(factors) }
                return row
            }
        }
    }

    /// The change of a self-attention layer over so many pixels; nil for none.
    func selfEdit(pixels: Int) -> Function? {
        guard let source, pixels <= selfAttentionPixels else { return nil }
        return { weights in replacing(edited, of: weights) { _ in entry(source, of: weights) } }
    }

    // MARK: Helpers

    private func entry(_ index: Int, of weights: Tensor) -> Tensor {
        weights.sliced(axis: 0, index..<index + 1)
    }

    private func replacing(_ index: Int, of weights: Tensor, _ change: (Tensor) -> Tensor) -> Tensor {
        let batch = weights.shape[0]
        precondition(index < batch, "AttentionEdit: entry \(index) of a batch of \(batch)")
        let changed = change(entry(index, of: weights))
        let parts = [
            index > 0 ? weights.sliced(axis: 0, 0..<index) : nil, changed,
            index + 1 < batch ? weights.sliced(axis: 0, index + 1..<batch) : nil,
        ]
        return Tensor.concatenated(parts.compactMap { $0 }, axis: 0)
    }
}
