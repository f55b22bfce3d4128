// The one error that leaves the library: a code a program can act on and a line a person can act on.

/// A failure of a Lathe operation, ready to be shown.
///
/// `message` is one line: what is wrong, where, and what to do about it.
public struct LatheError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is; the raw value is the exit code of the `lathe` program.
    public enum Code: Int32, Sendable, Hashable, CaseIterable {
        /// The request or one of its input files cannot be used, or the result cannot be written.
        case badInput = 2
        /// A model is missing or its files cannot be used.
        case modelUnusable = 3
        /// The work ran, but a property that was promised or asked for does not hold.
        case guaranteeFailed = 4
        /// The caller stopped the work; what was done is on disk.
        case interrupted = 130

        /// The name used in JSON errors.
        public var name: String {
            switch self {
            case .badInput: "bad-input"
            case .modelUnusable: "model-unusable"
            case .guaranteeFailed: "guarantee-failed"
            case .interrupted: "interrupted"
            }
        }
    }

    public let code: Code
    public let message: String

    /// - Parameter message: One line; line breaks are replaced by spaces.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    public var description: String { message }
}

extension LatheError {
    package static func badInput(_ message: String) -> LatheError { LatheError(.badInput, message) }
    static func modelUnusable(_ message: String) -> LatheError { LatheError(.modelUnusable, message) }
}
