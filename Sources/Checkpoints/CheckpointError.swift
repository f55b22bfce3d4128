// The error type of this target: a weight or configuration file that cannot be used.

import Files

/// A checkpoint or configuration that cannot be used; one line with the problem, the file and the remedy.
public struct CheckpointError: Error, CustomStringConvertible, Sendable {
    /// The file or folder.
    public let path: String
    /// The problem.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason.singleLine
    }

    public var description: String { "\(path.singleLine): \(reason)" }
}

extension CheckpointError {
    init(_ error: FileError) {
        self.init(path: error.path, reason: error.reason)
    }
}
