// The error of reading and writing files, and formatting of messages as one line.

/// A file that cannot be read or written, with the reason and the system's message.
package struct FileError: Error, CustomStringConvertible {
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path.quotedForMessage): \(reason.singleLine)" }
}

extension String {
    /// The text with control characters and line breaks replaced by spaces and cut to 400 characters.
    ///
    /// Names in damaged files may contain anything; an error must remain one readable line.
    package var singleLine: String {
        var line = ""
        var count = 0
        for scalar in unicodeScalars {
            if count == 400 { return line + "…" }
            let printable =
                scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80..<0xA0).contains(scalar.value)
            line.unicodeScalars.append(
                printable && scalar.value != 0x2028 && scalar.value != 0x2029 ? scalar : " ")
            count += 1
        }
        return line
    }

    /// The text on one line between single quotation marks, for names of files, tensors and keys.
    package var quotedForMessage: String { "'\(singleLine)'" }
}
