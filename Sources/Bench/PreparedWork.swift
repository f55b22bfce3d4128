// A workload whose networks are built.

import Checkpoints

/// What is timed, and what it runs on.
struct PreparedWork {
    /// Of the weights; what is wrong with them shows in the first run.
    let faults: WeightFaults
    let run: () throws -> Void

    init(_ faults: WeightFaults = WeightFaults(joining: []), run: @escaping () throws -> Void) {
        (self.faults, self.run) = (faults, run)
    }
}
