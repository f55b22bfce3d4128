// What prompts hold that other programs act on and this one reads as words.

extension PromptGrammar {
    /// Remarks on marks of other programs that are read as words, one per kind.
    ///
    /// Plain text is asked for as it stands, so nothing is remarked on it.
    /// - Parameter name: what the prompt is called: "prompt".
    func remarks(on prompt: String, name: String) -> [String] {
        guard self == .weighted else { return [] }
        // Escaped brackets are meant as text.
        let text = prompt.replacing(#/\\[()\[\]\\]/#, with: " ")
        var remarks: [String] = []
        func remark(_ found: Substring?, _ what: String) {
            guard let found else { return }
            remarks.append("'\(found)' in the \(name) is read as words: \(what)")
        }
        remark(
            text.firstMatch(of: #/<(lora|lyco|hypernet):[^<>]*>/#)?.output.0,
            "adapters are added by an option, not by the prompt")
        remark(
            text.firstMatch(of: #/(?:^|\s)(BREAK)(?:$|[\s,.])/#)?.output.1,
            "parts of a prompt are not separated by hand")
        remark(
            text.firstMatch(of: #/(?:^|[\s,])(AND)(?:$|\s)/#)?.output.1, "prompts are not combined")
        remark(
            text.firstMatch(of: #/\[[^\[\]:]*:(?:[^\[\]:]*:)?\s*[0-9.]+\s*\]/#)?.output,
            "a prompt does not change between steps")
        remark(
            text.firstMatch(of: #/\[[^\[\]|]*\|[^\[\]]*\]/#)?.output,
            "a prompt does not alternate between steps")
        return remarks
    }
}
