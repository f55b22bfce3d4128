// Declarative mapping between two layouts of a model's tensors.

/// Names of a tensor in two layouts, with changes of shape.
///
/// Patterns are names in which `*` matches one component between dots and `**` any run of characters; a target uses
/// the matches in order. `WeightScope.mapped(by:)` applies a table and checks it in both directions.
public struct KeyTable: Sendable {
    /// Changes of a tensor's extents.
    public enum Change: Sendable {
        case none
        /// A matrix of `[in, out]` that becomes `[out, in]`.
        case transposed
        /// A 1 × 1 convolution `[out, in, 1, 1]` that becomes a matrix `[out, in]`; vectors are unchanged.
        case matrix
    }

    /// One entry of a table.
    public struct Rule: Sendable {
        enum Action: Sendable {
            case move(to: [String], Change)
            case drop
        }

        let source: String
        let action: Action

        /// A renamed tensor.
        public static func move(_ source: String, to target: String, as change: Change = .none) -> Rule {
            Rule(source: source, action: .move(to: [target], change))
        }

        /// A tensor that is the concatenation of several of equal size along its first extent.
        public static func split(_ source: String, into targets: [String]) -> Rule {
            Rule(source: source, action: .move(to: targets, .none))
        }

        /// A tensor that the other layout does not have.
        /// - Parameter reason: documentation for the reader of the table.
        public static func drop(_ source: String, because reason: String) -> Rule {
            Rule(source: source, action: .drop)
        }

        /// The rule with prefixes for a submodule.
        func under(_ from: String, _ to: String) -> Rule {
            switch action {
            case .move(let targets, let change):
                Rule(source: from + source, action: .move(to: targets.map { to + $0 }, change))
            case .drop: Rule(source: from + source, action: .drop)
            }
        }
    }

    public let rules: [Rule]

    public init(_ rules: [Rule]) {
        self.rules = rules
    }

    /// The same table for a submodule.
    /// - Parameters:
    ///   - from: the submodule's prefix in the source layout, including its last dot.
    ///   - to: its prefix in the target layout.
    public func under(_ from: String, to: String) -> KeyTable {
        KeyTable(rules.map { $0.under(from, to) })
    }

    public static func + (left: KeyTable, right: KeyTable) -> KeyTable {
        KeyTable(left.rules + right.rules)
    }

    /// The source of each target.
    /// - Parameter names: every name of the source layout.
    /// - Returns: one recipe per target.
    /// - Throws: `Fault` if a name matches no rule or several, or two names map to one.
    func recipes(for names: [String]) throws(Fault) -> [String: Recipe] {
        let compiled = rules.map { (pattern: KeyPattern($0.source), action: $0.action) }
        var recipes: [String: Recipe] = [:]
        var strangers: [String] = []
        for name in names {
            let matches = compiled.compactMap { rule in
                rule.pattern.captures(in: name).map { (rule.action, $0) }
            }
            guard let (action, captures) = matches.first else {
                strangers.append(name)
                continue
            }
            guard matches.count == 1 else {
                throw Fault(reason: "\(matches.count) rules of the key table fit tensor \(name.shown)")
            }
            guard case .move(let targets, let change) = action else { continue }
            for (part, target) in targets.enumerated() {
                let made = KeyPattern.filled(target, with: captures)
                let recipe = Recipe(source: name, part: part, parts: targets.count, change: change)
                guard let other = recipes.updateValue(recipe, forKey: made) else { continue }
                throw Fault(
                    reason:
                        "tensors \(other.source.shown) and \(name.shown) are the same tensor \(made.shown)")
            }
        }
        guard strangers.isEmpty else {
            let shown = strangers.prefix(4).map(\.shown).joined(separator: ", ")
            let more = strangers.count > 4 ? " and \(strangers.count - 4) more" : ""
            throw Fault(
                reason: "\(strangers.count) tensor(s) do not belong to this kind of model: \(shown)\(more)")
        }
        return recipes
    }

    /// The reason why a table does not match a set of names.
    struct Fault: Error {
        let reason: String
    }

    /// Derivation of a target tensor from a source tensor.
    struct Recipe: Sendable {
        let source: String
        /// Index among `parts` equal parts along the first extent.
        let part: Int
        let parts: Int
        let change: Change

        /// The target's shape, or nil if the change does not apply to the source's shape.
        func shape(from source: [Int]) -> [Int]? {
            var shape = source
            if parts > 1 {
                guard let first = shape.first, first.isMultiple(of: parts) else { return nil }
                shape[0] = first / parts
            }
            switch change {
            case .none: break
            case .transposed:
                guard shape.count == 2 else { return nil }
                shape.reverse()
            case .matrix:
                guard shape.dropFirst(2).allSatisfy({ $0 == 1 }) else { return nil }
                shape = Array(shape.prefix(2))
            }
            return shape
        }
    }
}

/// A pattern of names: `*` for one component between dots, `**` for any run of characters.
struct KeyPattern {
    private enum Piece {
        case text([UInt8])
        case part
        case run
    }

    private let pieces: [Piece]

    init(_ pattern: String) {
        var pieces: [Piece] = []
        var text: [UInt8] = []
        var rest = Array(pattern.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "*") else {
                text.append(byte)
                continue
            }
            if !text.isEmpty { pieces.append(.text(text)) }
            text = []
            if rest.first == byte {
                rest.removeFirst()
                pieces.append(.run)
            } else {
                pieces.append(.part)
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
    }

    /// The matches of the wildcards in `name`, each of at least one character; nil if the pattern does not match.
    func captures(in name: String) -> [String]? {
        var name = name
        return name.withUTF8 { bytes in
            var captures: [Range<Int>] = []
            guard matches(bytes, 0, 0, &captures) else { return nil }
            return captures.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    /// A target with the wildcards substituted.
    static func filled(_ target: String, with captures: [String]) -> String {
        var rest = captures[...]
        return KeyPattern(target).pieces.map { piece in
            switch piece {
            case .text(let text): String(decoding: text, as: UTF8.self)
            case .part, .run: rest.popFirst() ?? ""
            }
        }.joined()
    }

    /// Patterns are short and have few wildcards, so backtracking over lengths is fast.
    private func matches(
        _ name: UnsafeBufferPointer<UInt8>, _ piece: Int, _ offset: Int, _ captures: inout [Range<Int>]
    ) -> Bool {
        guard piece < pieces.count else { return offset == name.count }
        switch pieces[piece] {
        case .text(let text):
            let end = offset + text.count
            guard end <= name.count, name[offset..<end].elementsEqual(text) else { return false }
            return matches(name, piece + 1, end, &captures)
        case .part, .run:
            var end = offset
            while end < name.count {
                if case .part = pieces[piece], name[end] == UInt8(ascii: ".") { return false }
                end += 1
                captures.append(offset..<end)
                if matches(name, piece + 1, end, &captures) { return true }
                captures.removeLast()
            }
            return false
        }
    }
}
