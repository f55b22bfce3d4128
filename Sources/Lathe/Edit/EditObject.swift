// An object of an edit with its prompt.

/// A selection with its prompt.
public struct EditObject: Codable, Sendable, Hashable {
    /// The object.
    public var selection: Selection
    /// The prompt; nil uses a caption where one is needed.
    public var prompt: String?

    /// See the properties.
    public init(selection: Selection, prompt: String? = nil) {
        self.selection = selection
        self.prompt = prompt
    }

    /// Parses `320,240 100,80,- : a red apple`: points and boxes separated by spaces, and after a colon an
    /// optional prompt.
    ///
    /// A name that ends in `.png`, `.jpg` or `.jpeg` in place of the numbers is a mask file.
    package init?(parsing text: String) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let words = halves[0].split(separator: " ")
        guard !words.isEmpty else { return nil }
        var selection = Selection()
        for word in words.map(String.init) {
            if let point = Selection.Point(parsing: word) {
                selection.points.append(point)
            } else if let box = Selection.Box(parsing: word) {
                selection.boxes.append(box)
            } else if EditPicture.isPictureName(word), selection.maskPath == nil {
                selection.maskPath = word
            } else {
                return nil
            }
        }
        let prompt = halves.count > 1 ? halves[1].trimmed : ""
        self.init(selection: selection, prompt: prompt.isEmpty ? nil : prompt)
    }
}
