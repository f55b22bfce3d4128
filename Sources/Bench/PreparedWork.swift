// A workload with its networks built.

/// The timed function.
struct PreparedWork {
    let run: () throws -> Void
}
