// Numbers and text as messages and options have them.

extension Float {
    /// Without a trailing `.0`.
    var plain: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : String(self) }
}

extension Substring {
    /// Without white space at either end.
    var trimmed: String {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
