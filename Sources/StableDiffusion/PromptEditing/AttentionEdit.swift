// An edit of attention weights within one step of the denoiser, after Prompt-to-Prompt.

public import Arrays
import Autograd

/// Batch entries whose attention follows that of another entry, or whose words are re-weighted.
///
/// For cross-attention weights P of a source and an edited entry, `[heads, pixels, tokens]`, the edited entry gets
/// `(P_source · mapping + P_edited · own) · factors`, with `own` and `factors` per token.
/// Source: Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross-Attention Control", section 3.
public struct AttentionEdit: Sendable {
    /// Called by an attention layer: maps weights `[batch, heads, n, m]` to weights of the same shape.
    typealias Function = (Tensor) -> Tensor

    /// Attention maps taken from a source.
    public struct Replacement: Sendable {
        /// `[sourceTokens, tokens]`: the share of each source token's map in an edited token's map.
        public let mapping: NDArray
        /// `[tokens]`: 1 where an edited token keeps its own map, 0 where it uses the source's.
        public let own: NDArray

        public init(mapping: NDArray, own: NDArray) {
            precondition(
                mapping.rank == 2 && own.shape == [mapping.shape[1]],
                "AttentionEdit: mapping \(mapping.shape) [source, tokens] and own \(own.shape) [tokens]")
            (self.mapping, self.own) = (mapping, own)
        }
    }

    /// The source's batch entry; nil if words are only re-weighted.
    public var source: Int?
    /// The batch entry that is edited.
    public var edited: Int
    /// Cross-attention taken from the source in this step.
    public var cross: Replacement?
    /// `[tokens]`: factors of each token's map; nil for none.
    public var factors: NDArray?
    /// Self-attention is taken from the source in layers of at most this many pixels; 0 for none.
    public var selfAttentionPixels: Int

    public init(
        source: Int?, edited: Int, cross: Replacement? = nil, factors: NDArray? = nil,
        selfAttentionPixels: Int = 0
    ) {
        (self.source, self.edited, self.cross) = (source, edited, cross)
        (self.factors, self.selfAttentionPixels) = (factors, selfAttentionPixels)
    }

    /// The same edit with batch entries shifted by `offset`.
    public func shifted(by offset: Int) -> AttentionEdit {
        var edit = self
        edit.source = source.map { $0 + offset }
        edit.edited += offset
        return edit
    }

    // MARK: Interface for attention layers

    /// The edit of a cross-attention layer; nil for none.
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

    /// The edit of a self-attention layer with `pixels` pixels; nil for none.
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
