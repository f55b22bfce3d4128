// What a record says about the machine that did the work.

import Foundation

extension RunRecord.Machine {
    /// The machine that this process runs on.
    static var current: RunRecord.Machine {
        RunRecord.Machine(
            cpuTier: "unknown", openBLASCore: "unknown", threads: LatheThreads.limit,
            system: ProcessInfo.processInfo.operatingSystemVersionString)
    }
}

/// The number of threads that work is spread over.
public enum LatheThreads {
    /// Sets the limit for the whole process; results do not depend on it.
    public static func setLimit(_ count: Int) {}

    static var limit: Int { ProcessInfo.processInfo.activeProcessorCount }
}
