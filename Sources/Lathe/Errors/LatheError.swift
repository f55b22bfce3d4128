// The error type of this library.

/// A failure with a code for programs and a message for people.
///
/// `message` is one line: what is wrong, where, and what to do about it.
public struct LatheError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; the raw value is the exit code of the `lathe` program.
    public enum Code: Int32, Sendable, Hashable, CaseIterable {
        /// The request or one of its input files cannot be used, or the result cannot be written.
        case badInput = 2
        /// A model is missing or its files cannot be used.
        case modelUnusable = 3
        /// The work ran, but an invariant or a requested bound does not hold.
        case guaranteeFailed = 4
        /// The caller cancelled; finished work is on disk.
        case interrupted = 130

        /// The name used in JSON errors.
        package var name: String {
            switch self {
            case .badInput: "bad-input"
            case .modelUnusable: "model-unusable"
            case .guaranteeFailed: "guarantee-failed"
            case .interrupted: "interrupted"
            }
        }
    }

    /// The kind of failure.
    public let code: Code
    /// One line: what, where, what to do.
    public let message: String

    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: one line; line breaks are replaced by spaces.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The message.
    public var description: String { message }
}

extension LatheError {
    package static func badInput(_ message: String) -> LatheError { LatheError(.badInput, message) }
    static func modelUnusable(_ message: String) -> LatheError { LatheError(.modelUnusable, message) }
}
