// Shows how a run proceeds: a bar that redraws on a terminal, sparse lines elsewhere.

import Foundation
import Lathe

/// Draws the states of a run on the standard error.
struct ProgressBar {
    private let isSilent: Bool
    private let isTerminal: Bool
    private var lastDraw = Date.distantPast
    private var lastStage: LiftStage?
    private var lastTenth = -1
    private var lastStep = -1
    private var isOpen = false

    /// Stages of the whole; 1 shows no numbers.
    private let stages: Int

    init(console: Console, stages: Int = LiftStage.allCases.count) {
        self.stages = stages
        isSilent = console.isQuiet
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    mutating func show(_ state: LiftState) {
        guard !isSilent else { return }
        if let note = state.note { write("\(endOfLine())lathe: \(note)\n") }
        let isDone = state.step >= state.total
        if isTerminal {
            guard isDone || state.stage != lastStage || Date.now.timeIntervalSince(lastDraw) > 0.1 else {
                return
            }
            lastDraw = .now
            write("\r\u{1B}[K" + line(state, width: 24))
            isOpen = true
            if isDone { write(endOfLine()) }
        } else {
            let tenth = state.total > 0 ? state.step * 10 / state.total : 0
            guard state.stage != lastStage || tenth != lastTenth || isDone && state.step != lastStep else {
                return
            }
            (lastTenth, lastStep) = (tenth, state.step)
            write(line(state, width: 0) + "\n")
        }
        lastStage = state.stage
    }

    /// Leaves the terminal at the start of a fresh line.
    mutating func finish() { write(endOfLine()) }

    private mutating func endOfLine() -> String {
        defer { isOpen = false }
        return isOpen ? "\n" : ""
    }

    private func line(_ state: LiftState, width: Int) -> String {
        let number = (LiftStage.allCases.firstIndex(of: state.stage) ?? 0) + 1
        var parts = stages > 1 ? ["[\(number)/\(stages)]", state.stage.label] : [state.stage.label]
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
    let whole = Int(seconds.rounded())
    return switch whole {
    case ..<60: "\(whole) s"
    case ..<3600: "\(whole / 60) min \(whole % 60) s"
    default: "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
