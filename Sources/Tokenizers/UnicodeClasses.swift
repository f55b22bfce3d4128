// Character classes and normal forms as in the reference tokenizers.

import Foundation

extension Unicode.Scalar {
    /// `\p{L}` of the CLIP pattern, in Unicode 16, as in the reference's regular expressions.
    var isLetter: Bool {
        if value < 0x80 { return (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value) }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return existed(in: 16)
        default: return false
        }
    }

    /// `\p{N}` of the CLIP pattern: decimal digits, letter numbers and other numbers.
    var isNumber: Bool {
        if value < 0x80 { return (0x30...0x39).contains(value) }
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: return existed(in: 16)
        default: return false
        }
    }

    /// Unicode `White_Space`.
    var isSpace: Bool { properties.isWhitespace }

    /// Whether the character was assigned in that major version of Unicode.
    ///
    /// The reference's Unicode tables are older, so that characters added later have no special class there.
    private func existed(in version: Int) -> Bool { (properties.age?.major ?? .max) <= version }

    /// Control, format and private-use characters, which WordPiece drops; tab and line breaks are spaces.
    var isDroppedByWordPiece: Bool {
        if value == 0 || value == 0xFFFD { return true }
        if value == 0x09 || value == 0x0A || value == 0x0D { return false }
        switch properties.generalCategory {
        case .control, .privateUse: return true
        case .format: return existed(in: 8)
        default: return false
        }
    }

    /// Combining marks, which WordPiece drops after canonical decomposition: class Mn of Unicode 8.
    var isAccent: Bool {
        switch value {
        case 0x1734, 0x1171E: true  // Mn in Unicode 8, Mc now
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false  // Mn now, other classes in Unicode 8
        default: properties.generalCategory == .nonspacingMark && existed(in: 8)
        }
    }

    /// Characters that are tokens of their own in WordPiece: ASCII symbols and the punctuation of Unicode 8.
    var isWordPiecePunctuation: Bool {
        if value < 0x80 {
            return (0x21...0x2F).contains(value) || (0x3A...0x40).contains(value)
                || (0x5B...0x60).contains(value) || (0x7B...0x7E).contains(value)
        }
        // Punctuation in Unicode 8, now a symbol and a mark.
        if value == 0x166D || value == 0x111C9 { return true }
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return existed(in: 8)
        default: return false
        }
    }

    /// The ideograph blocks that WordPiece surrounds with spaces (Korean and kana are not included).
    var isIdeograph: Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}

/// Lower-cases scalar by scalar, without the word-final sigma rule, as the reference does.
func lowercased(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    for scalar in scalars {
        if scalar.value < 0x80 {
            let isUpper = (0x41...0x5A).contains(scalar.value)
            result.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
        } else {
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }
    return result
}

/// Canonical composition (NFC).
func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if scalars.allSatisfy({ $0.value < 0x300 }) { return scalars }
    return Array(string(scalars).precomposedStringWithCanonicalMapping.unicodeScalars)
}

/// Canonical decomposition (NFD).
func decomposed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if scalars.allSatisfy({ $0.value < 0x80 }) { return scalars }
    return Array(string(scalars).decomposedStringWithCanonicalMapping.unicodeScalars)
}

func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
}
