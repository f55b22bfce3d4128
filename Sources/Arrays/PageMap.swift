// Which pages of a span are in use.

/// The state of every page of a span, and where the next block goes.
///
/// Neighbouring free pages join by themselves, so that blocks of any size can follow blocks of any other; a block goes
/// where most pages have been touched before, for a first touch costs as much as the arithmetic on the page.
package struct PageMap: Sendable {
    private enum Page: UInt8 {
        /// Free, and not backed by memory.
        case cold
        /// Free, and backed.
        case warm
        case used
    }

    /// Pages that have been used at some time; those beyond are cold.
    private var pages: [Page] = []
    private let limit: Int
    /// Free pages that memory backs.
    package private(set) var warm = 0
    /// Pages in use by blocks that come and go.
    package private(set) var used = 0
    /// The most that were in use so far.
    package private(set) var most = 0

    /// - Parameter limit: pages of the span.
    package init(limit: Int) { self.limit = limit }

    /// Pages that were ever in use: from the first of the span to this one.
    package var extent: Int { pages.count }

    /// Marks `count` neighbouring pages as used.
    /// - Returns: the first of them; nil if there is no room.
    package mutating func take(_ count: Int) -> Int? {
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

    /// Pages in use count no longer as ones that come and go.
    package mutating func forget(_ count: Int) { used -= count }

    /// Frees pages that were taken and not forgotten; they stay warm.
    package mutating func give(_ range: Range<Int>) {
        used -= range.count
        warm += range.count
        for i in range { pages[i] = .warm }
    }

    /// Frees pages that were forgotten; the caller hands them back to the system.
    package mutating func drop(_ range: Range<Int>) {
        for i in range { pages[i] = .cold }
    }

    /// Makes warm pages cold, from the end, until at most `count` are left; the caller hands them back to the system.
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

    /// The window of free pages of which most are warm; of several, one in the shortest run of free pages.
    private func place(_ count: Int) -> Int? {
        var best: (first: Int, warm: Int, run: Int)?
        pages.withUnsafeBufferPointer { pages in
            var i = 0
            while i <= pages.count {
                let start = i
                while i < pages.count, pages[i] != .used { i += 1 }
                // The last run goes on to the end of the span.
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
