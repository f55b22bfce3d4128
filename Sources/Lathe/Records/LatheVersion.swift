// The version named by run records and `--version`.

/// The version of this package.
public enum LatheVersion {
    /// Semantic version.
    public static let current = "0.2.0"
}
