// Memory that the system refuses, told in one line.

import Foundation
import Lathe

/// Ends the program in one line when it stops because memory was refused.
///
/// Swift stops a program whose allocation fails, by a trap; only then is there anything to tell apart.
enum OutOfMemory {
    /// A program under a limit of this many bytes of address space cannot open its models and threads.
    private static let least: UInt64 = 250 << 20

    /// The bytes that are asked for to see whether memory is what was missing.
    private static let probe = 64 << 20

    /// The limit on the address space, bytes; nil without one.
    private static var limit: UInt64? {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0, limits.rlim_cur != rlim_t.max
        else {
            return nil
        }
        return UInt64(limits.rlim_cur)
    }

    /// Whether the limit on memory is one that no work fits in.
    static var isLikely: Bool { limit.map { $0 < least } ?? false }

    /// Refuses to begin under a limit that no work fits in.
    /// - Throws: `LatheError` (`badInput`) naming the limit.
    static func check() throws {
        guard isLikely, let limit else { return }
        throw LatheError(
            .badInput,
            "the limit on memory (ulimit -v) is \(limit >> 20) MB, and \(least >> 20) MB are needed at least; raise it"
        )
    }

    /// What the runtime does with each signal, which is done after all where memory is not the cause.
    private nonisolated(unsafe) static let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

    /// Starts listening for the signals of a trap.
    static func listen() {
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS] {
            var action = sigaction()
            action.sa_flags = SA_ONSTACK
            action.__sigaction_handler.sa_handler = { number in
                OutOfMemory.tell()
                // The instruction that failed runs again, and the runtime reports it.
                sigaction(number, OutOfMemory.previous + Int(number), nil)
            }
            sigaction(number, &action, previous + Int(number))
        }
    }

    /// Ends the program if memory is refused; else returns.
    ///
    /// Calls only what a signal handler may.
    private static func tell() {
        let memory = mmap(nil, probe, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard memory == MAP_FAILED else {
            munmap(memory, probe)
            return
        }
        let line: StaticString =
            "\nlathe: out of memory; close other programs, raise the limit (ulimit -v), or use a smaller picture\n"
        write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
        _exit(2)
    }
}
