// Formatting and trimming for messages and options.

extension Float {
    /// Decimal text without a trailing `.0`.
    var plain: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : String(self) }
}

extension Substring {
    /// Without leading and trailing white space.
    var trimmed: String {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
