// Shows how a run proceeds: a bar that redraws on a terminal, sparse lines elsewhere.

import Arrays
import Foundation
import Lathe

/// What a progress bar shows of one step of a run.
struct ProgressLine {
    /// What is being done.
    var label: String
    /// Which stage of how many it is; nil shows no numbers.
    var stage: (number: Int, count: Int)?
    var step: Int
    var total: Int
    var secondsLeft: Double?
    var score: LiftState.Score?
    var note: String?
}

extension ProgressLine {
    init(_ state: LiftState, isOneOfAll: Bool = true) {
        let all = LiftStage.allCases
        let number = (all.firstIndex(of: state.stage) ?? 0) + 1
        self.init(
            label: state.stage.label, stage: isOneOfAll ? (number, all.count) : nil, step: state.step,
            total: state.total, secondsLeft: state.secondsLeft, score: state.score, note: state.note)
    }

    init(_ state: EditState) {
        self.init(
            label: state.stage.label, step: state.step, total: state.total, secondsLeft: state.secondsLeft,
            note: state.note)
    }
}

/// Draws the states of a run on the standard error.
struct ProgressBar {
    private let isSilent: Bool
    private let isTerminal: Bool
    private let start = Date.now
    private var lastDraw = Date.distantPast
    private var lastLabel: String?
    private var lastTenth = -1
    private var lastStep = -1
    private var isOpen = false

    init(console: Console) {
        isSilent = console.isQuiet
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    mutating func show(_ state: ProgressLine) {
        guard !isSilent else { return }
        if let note = state.note { write("\(endOfLine())lathe: \(note)\n") }
        let isDone = state.step >= state.total
        if isTerminal {
            guard isDone || state.label != lastLabel || Date.now.timeIntervalSince(lastDraw) > 0.1 else {
                return
            }
            lastDraw = .now
            write("\r\u{1B}[K" + line(state, width: 24))
            isOpen = true
            if isDone { write(endOfLine()) }
        } else {
            // What is over at once, a refusal above all, needs no lines about how it went.
            guard Date.now.timeIntervalSince(start) > 2 else { return }
            let tenth = state.total > 0 ? state.step * 10 / state.total : 0
            guard state.label != lastLabel || tenth != lastTenth || isDone && state.step != lastStep else {
                return
            }
            (lastTenth, lastStep) = (tenth, state.step)
            write(line(state, width: 0) + "\n")
        }
        lastLabel = state.label
    }

    /// Leaves the terminal at the start of a fresh line.
    mutating func finish() { write(endOfLine()) }

    private mutating func endOfLine() -> String {
        defer { isOpen = false }
        return isOpen ? "\n" : ""
    }

    private func line(_ state: ProgressLine, width: Int) -> String {
        var parts = state.stage.map { ["[\($0.number)/\($0.count)]", state.label] } ?? [state.label]
        if width > 0, state.total > 1 {
            let filled = min(width, state.step * width / max(1, state.total))
            parts.append(
                String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled))
        }
        if state.total > 1 { parts.append("\(state.step)/\(state.total)") }
        if let seconds = state.secondsLeft, seconds >= 0.5 { parts.append("\(duration(seconds)) left") }
        if let score = state.score { parts.append("\(score.name) \(String(format: "%.2f", score.value))") }
        return parts.joined(separator: "  ")
    }

    private func write(_ text: String) {
        guard !isSilent, !text.isEmpty else { return }
        FileHandle.standardError.writeIgnoringErrors(text)
    }
}

/// Seconds as `42 s`, `3 min 20 s` or `2 h 5 min`.
func duration(_ seconds: Double) -> String {
    let whole = Int(clamped: seconds.rounded())
    return switch whole {
    case ..<60: "\(whole) s"
    case ..<3600: "\(whole / 60) min \(whole % 60) s"
    default: "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
