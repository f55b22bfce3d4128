// The error type of this target: an image that cannot be read, written or used.

import Files

/// An image that cannot be read or written; one line with the problem, the file and the remedy.
public struct ImageError: Error, CustomStringConvertible, Sendable {
    /// The file.
    public let path: String
    /// The problem.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason.singleLine
    }

    public var description: String { "\(path.singleLine): \(reason)" }
}

extension ImageError {
    init(_ error: FileError) {
        self.init(path: error.path, reason: error.reason)
    }
}
