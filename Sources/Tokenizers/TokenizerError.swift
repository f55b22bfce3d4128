// The one error type of this target: a line saying which file, what is wrong in it and what to do.

import Files

/// A tokenizer file that is missing, damaged or of another kind.
public struct TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or folder at fault.
    public let path: String
    /// What is wrong and how to mend it, without the path, on one line.
    public let reason: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path.quotedForMessage): \(reason.singleLine)" }
}
