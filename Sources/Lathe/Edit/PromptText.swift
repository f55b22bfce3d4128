// What a prompt may be.

enum PromptText {
    /// Longer prompts are refused: encoders read some 75 words, and a file given by mistake is longer.
    static let limit = 10_000

    /// Checks a prompt.
    /// - Parameters:
    ///   - option: which gives it, for messages.
    ///   - mayBeEmpty: whether no words mean something here.
    /// - Throws: `LatheError` (`badInput`) for one that is too long, or empty.
    static func check(_ text: String, _ option: OptionName, mayBeEmpty: Bool = false) throws {
        let count = text.unicodeScalars.count
        guard count <= limit else {
            throw LatheError.badInput("\(option) has \(count) characters; use \(limit) at most")
        }
        guard mayBeEmpty || !text.allSatisfy(\.isWhitespace) else {
            throw LatheError.badInput("\(option) is empty; say what should be seen")
        }
    }
}
