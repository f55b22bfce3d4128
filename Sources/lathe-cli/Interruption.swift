// Ctrl-C as a flag that long work looks at between steps.

import Foundation
import Synchronization

/// Set by SIGINT, SIGTERM and SIGHUP (the terminal was closed); a second signal ends the program at once.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Starts listening.
    static func listen() {
        // Whoever started the program may have blocked them, which programs inherit.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in numbers {
            signal(number) { number in
                if Interruption.isRequested { _exit(130) }
                Interruption.request()
            }
        }
    }

    private static func request() { flag.store(true, ordering: .relaxed) }
}
