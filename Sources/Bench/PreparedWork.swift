// A workload whose networks are built.

/// What is timed.
struct PreparedWork {
    let run: () throws -> Void
}
