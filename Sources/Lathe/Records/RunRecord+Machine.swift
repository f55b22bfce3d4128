// What a record says about the machine that did the work.

import Arrays
import Foundation

extension RunRecord.Machine {
    /// The machine that this process runs on.
    static var current: RunRecord.Machine {
        RunRecord.Machine(
            cpuTier: Diagnostics.kernelTier, openBLASCore: Diagnostics.openBLASCore, threads: Threads.limit,
            system: ProcessInfo.processInfo.operatingSystemVersionString)
    }
}
