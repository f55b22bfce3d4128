// The version that run records and `--version` name.

/// The version of this package.
public enum LatheVersion {
    public static let current = "0.1.0"
}
