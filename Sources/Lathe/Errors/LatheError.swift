// The error type of this library.

/// A failure with a code for programs and a message for people.
public struct LatheError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; the raw value is its name in JSON errors.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The request or one of its input files cannot be used, or the result cannot be written.
        case badInput = "bad-input"
        /// A model is missing or its files cannot be used.
        case modelUnusable = "model-unusable"
        /// The work ran, but an invariant or a requested bound does not hold.
        case guaranteeFailed = "guarantee-failed"
        /// The caller cancelled; finished work is on disk.
        case interrupted = "interrupted"
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, where, and what to do about it, with the options concerned.
    public let reason: LatheMessage

    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - reason: one line; line breaks are replaced by spaces.
    public init(_ code: Code, _ reason: LatheMessage) { (self.code, self.reason) = (code, reason) }

    /// The options that the reason names, in order.
    public var options: [OptionName] { reason.options }

    /// One line: what, where, what to do; options are named as properties of this library.
    public var message: String { reason.description }

    /// The message.
    public var description: String { message }
}

extension LatheError {
    package static func badInput(_ reason: LatheMessage) -> LatheError { LatheError(.badInput, reason) }
    static func modelUnusable(_ reason: LatheMessage) -> LatheError { LatheError(.modelUnusable, reason) }
}
