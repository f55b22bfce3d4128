// Precision of weights and matmul operands.

/// The format in which weights are stored and activations and weights are multiplied.
///
/// Sums, activations and all other operations are float32 in either case.
public enum Precision: String, Sendable, Codable, CaseIterable {
    case float32 = "f32"
    /// Half the memory, and twice the speed where the processor has AVX512_BF16.
    case bfloat16 = "bf16"
}
