// The error type of this target: one line with the file, the problem and the remedy.

import Files

/// A tokenizer file that is missing, damaged or of another kind.
public struct TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// The problem and the remedy, without the path, on one line.
    public let reason: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path.quotedForMessage): \(reason.singleLine)" }
}
