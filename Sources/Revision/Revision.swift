// The commit that a build was made from.

/// The commit that a build was made from, which the plug-in `NameRevision` adds to this target.
public enum Revision {
    /// The nearest tag, the commits since it and the commit, as `git describe` says them: `v0.2.0-12-gabcdef0`.
    ///
    /// Nil where the sources were built outside a git repository.
    public static var description: String? {
        let type: any Any.Type = Revision.self
        return (type as? any NamedRevision.Type)?.name
    }
}

/// What the generated file makes of `Revision`.
protocol NamedRevision {
    static var name: String { get }
}
