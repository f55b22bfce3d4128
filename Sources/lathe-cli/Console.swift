// Where results, progress and errors go.

import Foundation
import Lathe

/// Results go to the standard output, everything else to the standard error.
struct Console: Sendable {
    let isQuiet: Bool
    let isJSON: Bool

    /// Prints one line of a result; not in JSON mode.
    func result(_ line: String) throws {
        guard !isJSON else { return }
        try Console.write(line + "\n")
    }

    /// Prints a result as JSON; only in JSON mode.
    func result(json value: some Encodable) throws {
        guard isJSON else { return }
        try Console.write(String(decoding: try LatheJSON.encode(value), as: UTF8.self))
    }

    /// Tells the user something that is not a result.
    func note(_ line: String) {
        guard !isQuiet else { return }
        FileHandle.standardError.writeIgnoringErrors("lathe: \(line)\n")
    }

    static func printJSON(_ value: some Encodable) {
        guard let data = try? LatheJSON.encode(value) else { return }
        FileHandle.standardOutput.writeIgnoringErrors(String(decoding: data, as: UTF8.self))
    }

    /// A reader that went away is no failure; a disk that is full is.
    private static func write(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EPIPE {
                return
            } else if errno != EINTR {
                let reason = String(cString: strerror(errno)).lowercased()
                throw LatheError(.badInput, "cannot write the result to the standard output: \(reason)")
            }
        }
    }
}

extension FileHandle {
    func writeIgnoringErrors(_ text: String) {
        try? write(contentsOf: Data(text.utf8))
    }
}
