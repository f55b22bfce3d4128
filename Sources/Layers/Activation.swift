// Activation functions by their names in configuration files.
internal import Arrays
public import Autograd

/// An activation function named in a model's configuration.
public enum Activation: String, Sendable, Codable, Hashable, CaseIterable {
    /// Exact GELU.
    case gelu
    /// `x * sigmoid(1.702 x)`, as in CLIP.
    case quickGELU = "quick_gelu"
    /// GELU by the tanh approximation.
    case tanhGELU = "gelu_new"
    case silu
    case relu

    /// Names with the same meaning.
    private static let aliases = [
        "swish": Activation.silu, "gelu_pytorch_tanh": .tanhGELU, "gelu_fast": .tanhGELU,
        "gelu_python": .gelu,
    ]

    /// The activation of that name, or nil if there is none.
    public init?(name: String) {
        guard let found = Activation(rawValue: name) ?? Activation.aliases[name] else { return nil }
        self = found
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let found = Activation(name: name) else {
            let known = (Activation.allCases.map(\.rawValue) + Activation.aliases.keys.sorted()).joined(
                separator: ", ")
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "unknown activation \"\(name)\"; known are \(known)")
        }
        self = found
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.activated(function)
    }

    /// The function's kernel.
    var function: UnaryFunction {
        switch self {
        case .gelu: .gelu
        case .quickGELU: .quickGELU
        case .tanhGELU: .tanhGELU
        case .silu: .silu
        case .relu: .relu
        }
    }
}
