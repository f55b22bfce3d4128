// Tensor names of low-rank adapters in the layouts of kohya, diffusers and PEFT.

/// A component of a pipeline that an adapter can change.
public enum AdaptedPart: String, Sendable, CaseIterable {
    case unet = "U-Net"
    case textEncoder = "text encoder"
}

/// A parsed tensor name of an adapter file.
struct LoRAName: Sendable {
    enum Role: Sendable, Hashable { case down, up, middle, alpha }

    let part: AdaptedPart
    /// The module with underscores instead of dots, because kohya's layout does not keep the dots.
    let module: String
    let role: Role

    /// Returns nil for a name in no known layout.
    init?(_ name: String) {
        guard let (part, rest) = LoRAName.part(of: name), let (module, role) = LoRAName.role(of: rest) else {
            return nil
        }
        self.part = part
        self.module = LoRAName.key(ofModule: LoRAName.modernised(module, part))
        self.role = role
    }

    /// The key of a module: without dots and without `text_model`, which newer text encoders omit.
    static func key(ofModule name: String) -> String {
        let flat = name.replacing(".", with: "_")
        return flat.hasPrefix("text_model_") ? String(flat.dropFirst(11)) : flat
    }

    // MARK: Helpers

    private static let prefixes: [(String, AdaptedPart)] = [
        ("lora_unet_", .unet), ("lora_te_", .textEncoder), ("lora_te1_", .textEncoder),
        ("unet.", .unet), ("text_encoder.", .textEncoder),
    ]

    /// The beginning of every name in a file that PEFT wrote.
    static let peftPrefix = "base_model.model."

    /// Other methods than LoRA, by an ending of their tensors' names.
    ///
    /// Source: LyCORIS (Yeh et al. 2023), `lycoris/modules`; PEFT for DoRA.
    private static let otherMethods = [
        ("LoHa", [".hada_w1_a", ".hada_w1_b", ".hada_t1"]),
        ("LoKr", [".lokr_w1", ".lokr_w1_a", ".lokr_w2", ".lokr_t2"]),
        ("OFT", [".oft_blocks", ".oft_diag"]), ("(IA)^3", [".on_input"]),
        ("GLoRA", [".a1.weight", ".b1.weight"]),
        ("DoRA", [".dora_scale", ".lora_magnitude_vector"]), ("full difference", [".diff", ".diff_b"]),
    ]

    /// The first tensor of another method than LoRA, and the name of that method.
    static func otherMethod(in names: [String]) -> (tensor: String, method: String)? {
        for (method, endings) in otherMethods {
            if let name = names.first(where: { name in endings.contains { name.hasSuffix($0) } }) {
                return (name, method)
            }
        }
        return nil
    }

    /// Beginnings of U-Net modules: the first diffusers files held attention processors alone, without a prefix.
    private static let bareModules = ["down_blocks.", "mid_block.", "up_blocks."]

    private static let endings: [(String, Role)] = [
        // kohya
        (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora_mid.weight", .middle),
        (".alpha", .alpha),
        // PEFT
        (".lora_A.weight", .down), (".lora_B.weight", .up),
        // diffusers, from old to new
        ("_lora.down.weight", .down), ("_lora.up.weight", .up),
        (".lora.down.weight", .down), (".lora.up.weight", .up),
        (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up),
    ]

    private static func part(of name: String) -> (AdaptedPart, rest: Substring)? {
        // PEFT saves the adapter of one model alone, which may be either.
        if name.hasPrefix(peftPrefix) {
            let rest = name.dropFirst(peftPrefix.count)
            if rest.hasPrefix("text_model.") { return (.textEncoder, rest) }
            return part(of: String(rest))
        }
        for (prefix, part) in prefixes where name.hasPrefix(prefix) {
            return (part, name.dropFirst(prefix.count))
        }
        return bareModules.contains { name.hasPrefix($0) } ? (.unet, name[...]) : nil
    }

    private static func role(of name: Substring) -> (module: String, Role)? {
        for (ending, role) in endings where name.hasSuffix(ending) {
            return (String(name.dropLast(ending.count)), role)
        }
        return nil
    }

    /// The first diffusers layout named the projections by the attention processor that contained them.
    private static func modernised(_ module: String, _ part: AdaptedPart) -> String {
        let name = module.replacing(".processor.", with: ".")
        let old: [String: String] =
            switch part {
            case .unet: [".to_out": ".to_out.0"]
            case .textEncoder:
                [".to_q": ".q_proj", ".to_k": ".k_proj", ".to_v": ".v_proj", ".to_out": ".out_proj"]
            }
        for (ending, modern) in old where name.hasSuffix(ending) {
            return name.dropLast(ending.count) + modern
        }
        return name
    }
}
