// What the factors of a product are rounded to.

/// The numbers that weights are kept in, and that products of activations with weights multiply.
///
/// Sums, activations and everything that is not a product with a weight stay float32 either way.
public enum Precision: String, Sendable, Codable, CaseIterable {
    case float32 = "f32"
    /// Half the memory, and twice the speed where the processor has AVX512_BF16.
    case bfloat16 = "bf16"
}
