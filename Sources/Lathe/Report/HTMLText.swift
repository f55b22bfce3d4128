// Text and numbers for HTML.

import Foundation

/// Escapes text for HTML content and attributes.
func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.append(character)
        }
    }
}

/// A number with three or four significant digits.
func figure(_ value: Double) -> String {
    switch abs(value) {
    case 0: "0"
    case 100...: String(format: "%.0f", value)
    case 10...: String(format: "%.1f", value)
    case 0.01...: String(format: "%.3f", value)
    default: String(format: "%.1e", value)
    }
}
