// The scale of an adapter whose file stores it in the header instead of in tensors.

import Checkpoints
import Foundation

/// PEFT's settings of an adapter, which diffusers stores as JSON under `lora_adapter_metadata`.
///
/// `{"unet.lora_alpha": 8, "unet.alpha_pattern": {"to_q": 4}, "unet.use_rslora": false, …}`.
struct LoRASettings: Sendable {
    struct Part: Sendable {
        var alpha: Float?
        /// Alphas of individual modules, by the end of their name.
        var alphaByEnding: [String: Float] = [:]
        var isRankStabilised = false

        /// - Parameter key: the module's name with underscores for dots.
        func alpha(ofModule key: String) -> Float? {
            let fitting = alphaByEnding.filter { key == $0.key || key.hasSuffix("_" + $0.key) }
            return fitting.max { $0.key.count < $1.key.count }?.value ?? alpha
        }
    }

    private(set) var parts: [AdaptedPart: Part] = [:]

    init(metadata: [String: String], path: String) throws {
        guard let text = metadata["lora_adapter_metadata"] else { return }
        let values: [String: Value]
        do {
            values = try JSONDecoder().decode([String: Value].self, from: Data(text.utf8))
        } catch {
            throw CheckpointError(
                path: path, reason: "the header's 'lora_adapter_metadata' is not a JSON object")
        }
        for (prefix, part) in [("unet.", AdaptedPart.unet), ("text_encoder.", .textEncoder)] {
            parts[part] = try LoRASettings.part(path: path) { values[prefix + $0] }
        }
    }

    /// The settings in `adapter_config.json` beside a file that PEFT wrote, which hold for all of it; nil without one.
    init?(besideFile path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let config = folder + "adapter_config.json"
        guard FileManager.default.fileExists(atPath: config) else { return nil }
        let values = try loadConfiguration([String: Value].self, from: config)
        if case .text(let method)? = values["peft_type"], method.uppercased() != "LORA" {
            throw CheckpointError(
                path: config, reason: "the adapter is of the method \(method); plain LoRA is supported")
        }
        let part = try LoRASettings.part(path: config) { values[$0] }
        parts = [.unet: part, .textEncoder: part]
    }

    private static func part(path: String, _ value: (String) -> Value?) throws -> Part {
        if case .flag(true)? = value("use_dora") {
            throw CheckpointError(path: path, reason: "the adapter is a DoRA; plain LoRA is supported")
        }
        var settings = Part()
        if case .number(let alpha)? = value("lora_alpha") { settings.alpha = alpha }
        if case .flag(let stable)? = value("use_rslora") { settings.isRankStabilised = stable }
        if case .numbers(let pattern)? = value("alpha_pattern") {
            for (ending, alpha) in pattern {
                settings.alphaByEnding[try LoRASettings.key(of: ending, path: path)] = alpha
            }
        }
        return settings
    }

    /// PEFT takes patterns as regular expressions; the ones that files hold are names, perhaps after a `^`.
    private static func key(of pattern: String, path: String) throws -> String {
        let name = pattern.hasPrefix("^") ? String(pattern.dropFirst()) : pattern
        guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) else {
            throw CheckpointError(
                path: path, reason: "the header's alpha pattern '\(pattern)' is not the name of a module")
        }
        return LoRAName.key(ofModule: name)
    }

    private enum Value: Decodable {
        case flag(Bool)
        case number(Float)
        case numbers([String: Float])
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Float.self) {
                self = .number(number)
            } else if let numbers = try? container.decode([String: Float].self) {
                self = .numbers(numbers)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .other
            }
        }
    }
}
