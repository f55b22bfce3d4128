// A line of text that keeps the options that it names apart from its words.

/// One line of text that names options.
///
/// Written as a string literal; an interpolated ``OptionName`` stays a part of its own, so that a program can
/// show the spelling that its user knows.
public struct LatheMessage: Sendable, Hashable, Codable {
    /// A piece of a message.
    public enum Part: Sendable, Hashable, Codable {
        /// Words.
        case text(String)
        /// The name of an option.
        case option(OptionName)
        /// How the lift in a run directory is resumed.
        case resumption(run: String)
    }

    /// The pieces in order; neighbouring words are one piece, without line breaks.
    public let parts: [Part]

    /// Line breaks become spaces; those at either end are left out.
    init(parts: [Part]) {
        var joined: [Part] = []
        for part in parts where part != .text("") {
            if case .text(let next) = part, case .text(let text)? = joined.last {
                joined[joined.count - 1] = .text(text + next)
            } else {
                joined.append(part)
            }
        }
        self.parts = joined.enumerated().compactMap { index, part in
            guard case .text(let text) = part else { return part }
            var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let (first, last) = (lines.first?.isEmpty == true, lines.last?.isEmpty == true)
            lines.removeAll(where: \.isEmpty)
            if first, index > 0 { lines.insert("", at: 0) }
            if last, index < joined.count - 1 { lines.append("") }
            return lines.isEmpty ? nil : .text(lines.joined(separator: " "))
        }
    }

    /// The options named, in order.
    public var options: [OptionName] {
        parts.compactMap { part in if case .option(let option) = part { option } else { nil } }
    }

    /// The message with a program's own spelling of what is no word.
    /// - Parameters:
    ///   - option: spells an option.
    ///   - resumption: says how the lift in a run directory is resumed.
    public func spelled(option: (OptionName) -> String, resumption: (String) -> String) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .option(let name): option(name)
            case .resumption(let run): resumption(run)
            }
        }.joined()
    }
}

extension LatheMessage: CustomStringConvertible {
    /// The message with options as properties of this library.
    public var description: String {
        spelled(option: { "`\($0.rawValue)`" }, resumption: { "Lift(resuming: \"\($0)\")" })
    }
}

extension LatheMessage: ExpressibleByStringInterpolation {
    /// Collects the parts of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        /// Nothing yet; the arguments are ignored.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds words.
        public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }

        /// Adds a value as words.
        public mutating func appendInterpolation<Value>(_ value: Value) { parts.append(.text("\(value)")) }

        /// Adds the name of an option.
        public mutating func appendInterpolation(_ option: OptionName) { parts.append(.option(option)) }

        /// Adds the parts of another message.
        public mutating func appendInterpolation(_ message: LatheMessage) { parts += message.parts }

        /// Adds how the lift in a run directory is resumed.
        public mutating func appendInterpolation(resuming run: String) {
            parts.append(.resumption(run: run))
        }
    }

    /// A message of words alone.
    public init(stringLiteral text: String) { self.init(parts: [.text(text)]) }

    /// A message of the collected parts.
    public init(stringInterpolation: StringInterpolation) { self.init(parts: stringInterpolation.parts) }

    /// The parts of both.
    public static func + (first: LatheMessage, second: LatheMessage) -> LatheMessage {
        LatheMessage(parts: first.parts + second.parts)
    }
}
