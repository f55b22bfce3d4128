// The instruction sets of a test run, from the environment.

import Arrays
import Foundation

/// Selects the instruction sets that `LATHE_TIER` names, or the best that this machine has below them.
///
/// Called before `main` by the constructor in `Tests/TestTier`.
@_cdecl("lathe_test_tier")
public func selectTestTier() {
    guard let name = getenv("LATHE_TIER").map({ String(cString: $0) }) else { return }
    guard let tier = KernelTier(name: name) else {
        preconditionFailure("LATHE_TIER=\(name) names no instruction sets")
    }
    do {
        try KernelTier.select(min(tier, .detected))
    } catch {
        preconditionFailure("\(error)")
    }
}
