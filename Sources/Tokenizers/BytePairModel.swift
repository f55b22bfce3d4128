// Byte-pair merging: the symbols of a word are merged in order of rank until no known pair is left.

/// Merges of a byte-pair vocabulary whose words end in `</w>`, as in CLIP (Sennrich and others, 2016).
struct BytePairModel: Sendable {
    private struct Pair: Hashable {
        let left: Int
        let right: Int
    }

    private struct Merge {
        let rank: Int
        let result: Int
    }

    static let endOfWord = Bytes("</w>".utf8)

    private var merges: [Pair: Merge] = [:]
    /// The token of each byte within a word, and at its end; nil if the vocabulary lacks it.
    private var inner: [Int?] = []
    private var final: [Int?] = []
    private let unknown: Int

    /// - Parameter pairs: in order of rank. Throws if an operand or the result of a merge is not in the vocabulary.
    init(_ vocabulary: Vocabulary, pairs: [(Bytes, Bytes)], unknown: Int, path: String) throws {
        self.unknown = unknown
        merges.reserveCapacity(pairs.count)
        for (rank, (left, right)) in pairs.enumerated() {
            guard let leftID = vocabulary.id(of: left), let rightID = vocabulary.id(of: right),
                let result = vocabulary.id(of: left + right)
            else {
                throw TokenizerError(
                    path,
                    "merge \(rank + 1), \(quoted(left)) + \(quoted(right)), needs a token that the vocabulary lacks;"
                        + " vocabulary and merges belong to different models")
            }
            let pair = Pair(left: leftID, right: rightID)
            guard merges[pair] == nil else {
                throw TokenizerError(path, "merge \(quoted(left)) + \(quoted(right)) appears twice")
            }
            merges[pair] = Merge(rank: rank, result: result)
        }
        for byte in UInt8.min...UInt8.max {
            let letter = Bytes(String(ByteAlphabet.scalar(byte)).utf8)
            inner.append(vocabulary.id(of: letter))
            final.append(vocabulary.id(of: letter + Self.endOfWord))
        }
    }

    /// The ids of one word, given as UTF-8 bytes.
    ///
    /// A heap of candidate pairs over a linked list of symbols: O(n log n), so that a megabyte without a space takes
    /// no excessive time. Equal ranks are merged from the left.
    func encode(_ word: some Collection<UInt8>) -> [Int] {
        let count = word.count
        var symbols = word.enumerated().map { index, byte in
            (index == count - 1 ? final[Int(byte)] : inner[Int(byte)]) ?? unknown
        }
        var next = Array(1...max(1, count))
        var previous = Array(-1..<max(0, count - 1))
        var isMerged = [Bool](repeating: false, count: count)
        var candidates = CandidateHeap()

        func consider(_ left: Int) {
            let right = next[left]
            guard right < count, let merge = merges[Pair(left: symbols[left], right: symbols[right])] else {
                return
            }
            candidates.push(
                Candidate(
                    rank: merge.rank, left: left, result: merge.result, pair: (symbols[left], symbols[right]))
            )
        }

        for left in 0..<max(0, count - 1) { consider(left) }
        while let candidate = candidates.pop() {
            let left = candidate.left
            guard !isMerged[left], symbols[left] == candidate.pair.0 else { continue }
            let right = next[left]
            guard right < count, symbols[right] == candidate.pair.1 else { continue }
            symbols[left] = candidate.result
            isMerged[right] = true
            next[left] = next[right]
            if next[left] < count { previous[next[left]] = left }
            if previous[left] >= 0 { consider(previous[left]) }
            consider(left)
        }
        return symbols.indices.filter { !isMerged[$0] }.map { symbols[$0] }
    }
}

/// A candidate merge; stale once either symbol has changed.
private struct Candidate {
    let rank: Int
    let left: Int
    let result: Int
    let pair: (Int, Int)

    func precedes(_ other: Candidate) -> Bool { (rank, left) < (other.rank, other.left) }
}

/// A binary heap, lowest rank and leftmost first.
private struct CandidateHeap {
    private var items: [Candidate] = []

    mutating func push(_ item: Candidate) {
        items.append(item)
        var child = items.count - 1
        while child > 0, items[child].precedes(items[(child - 1) / 2]) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Candidate? {
        guard let top = items.first else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return top }
        items[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1].precedes(items[child]) { child += 1 }
            guard items[child].precedes(items[parent]) else { break }
            items.swapAt(child, parent)
            parent = child
        }
        return top
    }
}
