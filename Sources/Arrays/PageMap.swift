// Allocation of pages within a span of addresses.

/// The state of every page of a span.
///
/// Adjacent free pages merge, so that blocks of any size can follow blocks of any other. A block is placed where most
/// pages are already backed by memory, because first-touch page faults cost as much as the arithmetic on the page.
package struct PageMap: Sendable {
    private enum Page: UInt8 {
        /// Free, not backed by memory.
        case cold
        /// Free, backed by memory.
        case warm
        case used
    }

    /// Pages up to the last that was ever in use; those beyond are cold.
    private var pages: [Page] = []
    private let limit: Int
    /// Number of free pages backed by memory.
    package private(set) var warm = 0
    /// Pages in use by temporary blocks.
    package private(set) var used = 0
    /// Peak of `used`.
    package private(set) var most = 0

    /// - Parameter limit: pages in the span.
    package init(limit: Int) { self.limit = limit }

    /// Number of pages up to the last that was ever in use.
    package var extent: Int { pages.count }

    /// Marks `count` adjacent pages as used.
    /// - Returns: the first of them; nil if there is no space.
    package mutating func allocate(_ count: Int) -> Int? {
        guard let first = place(count) else { return nil }
        while pages.count < first + count { pages.append(.cold) }
        for i in first..<first + count {
            if pages[i] == .warm { warm -= 1 }
            pages[i] = .used
        }
        used += count
        most = max(most, used)
        return first
    }

    /// Stops counting `count` pages as temporary.
    package mutating func untrack(_ count: Int) { used -= count }

    /// Frees temporary pages; they stay warm.
    package mutating func free(_ range: Range<Int>) {
        used -= range.count
        warm += range.count
        for i in range { pages[i] = .warm }
    }

    /// Frees pages that no longer count as temporary; the caller returns their memory to the system.
    package mutating func drop(_ range: Range<Int>) {
        for i in range { pages[i] = .cold }
    }

    /// Makes warm pages cold, from the end, until at most `count` are left; the caller returns their memory to the
    /// system.
    package mutating func cool(to count: Int) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var i = pages.count
        while warm > count, i > 0 {
            i -= 1
            guard pages[i] == .warm else { continue }
            pages[i] = .cold
            warm -= 1
            if let last = result.last, last.lowerBound == i + 1 {
                result[result.count - 1] = i..<last.upperBound
            } else {
                result.append(i..<i + 1)
            }
        }
        return result
    }

    /// The window of free pages with the most warm ones; among equals, the one in the shortest run of free pages.
    private func place(_ count: Int) -> Int? {
        var best: (first: Int, warm: Int, run: Int)?
        pages.withUnsafeBufferPointer { pages in
            var i = 0
            while i <= pages.count {
                let start = i
                while i < pages.count, pages[i] != .used { i += 1 }
                // The last run extends to the end of the span.
                let end = i < pages.count ? i : limit
                if end - start >= count {
                    var touched = 0
                    for j in start..<i {
                        if pages[j] == .warm { touched += 1 }
                        if j - count >= start, pages[j - count] == .warm { touched -= 1 }
                        let isBetter = best.map {
                            touched > $0.warm || (touched == $0.warm && end - start < $0.run)
                        }
                        let first = max(start, j - count + 1)
                        if isBetter ?? true { best = (first, touched, end - start) }
                    }
                    if best == nil { best = (start, 0, end - start) }
                }
                i += 1
            }
        }
        return best?.first
    }
}
