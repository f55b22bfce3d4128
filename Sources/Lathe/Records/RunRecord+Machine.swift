// The record of the machine that a run used.

import Arrays
import Foundation

extension RunRecord.Machine {
    /// The machine of this process.
    static var current: RunRecord.Machine {
        RunRecord.Machine(
            cpuTier: Diagnostics.kernelTier, openBLASCore: Diagnostics.openBLASCore, threads: Threads.limit,
            system: ProcessInfo.processInfo.operatingSystemVersionString)
    }
}
