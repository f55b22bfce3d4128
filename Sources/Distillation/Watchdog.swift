// Watches a lift for the ways it goes wrong, and says what to do about each.

/// What may befall a field while it is lifted.
public enum FieldTrouble: String, Codable, Sendable, CaseIterable {
    /// A loss or a pixel is not a number.
    case notFinite
    /// Nothing is left to see.
    case empty
    /// Much of the object is half transparent late in the run.
    case foggy
    /// The field fills the views.
    case saturated
}

/// Trouble that was seen, and what was done.
public struct WatchdogEvent: Codable, Sendable, Hashable, CustomStringConvertible {
    public let step: Int
    public let trouble: FieldTrouble
    public let message: String

    public var description: String { "step \(step): \(message)" }
}

/// What the watchdog looks at after each step.
package struct FieldVitals: Sendable {
    package var isFinite: Bool
    /// Mean opacity over the prior's views.
    package var opacity: Float
    /// Share of the opacity that lies in half transparent pixels: sum of 4 a (1 - a) over sum of a.
    package var haze: Float

    package init(isFinite: Bool, opacity: Float, haze: Float) {
        self.isFinite = isFinite
        self.opacity = opacity
        self.haze = haze
    }
}

/// Names trouble and keeps the adjustments made because of it.
package struct Watchdog: Codable, Sendable, Hashable {
    package enum Action: Sendable, Equatable {
        case none
        /// Go back to the last good field, with halved rates.
        case restore
        /// Start the field afresh, with halved rates.
        case restart
        /// Weights were changed.
        case adjust
    }

    /// Factors on learning rates and on terms, as changed so far.
    package var rate: Float = 1
    package var entropy: Float = 1
    package var sparsity: Float = 0
    private var streaks: [FieldTrouble: Int] = [:]

    package init() {}

    /// How many steps in a row trouble must last before something is done; nothing else would be fair to noise.
    static let patience = 4
    static let emptyOpacity: Float = 0.015
    static let fullOpacity: Float = 0.8
    static let hazeLimit: Float = 0.75

    /// Judges one step.
    /// - Parameters:
    ///   - progress: share of the run that is done.
    ///   - hasGood: whether there is a good field to go back to.
    package mutating func judge(
        _ vitals: FieldVitals, step: Int, progress: Float, hasGood: Bool
    ) -> (action: Action, event: WatchdogEvent?) {
        guard let trouble = trouble(vitals, progress) else {
            streaks = [:]
            return (.none, nil)
        }
        streaks = [trouble: (streaks[trouble] ?? 0) + 1]
        let needed = trouble == .notFinite ? 1 : trouble == .foggy ? 4 * Self.patience : Self.patience
        guard streaks[trouble] == needed else { return (.none, nil) }
        streaks = [:]
        let back = hasGood ? "went back to the last good field" : "started afresh"
        let action: Action = hasGood ? .restore : .restart
        switch trouble {
        case .notFinite:
            rate *= 0.5
            return (action, event(step, trouble, "a value is not a number: \(back) and halved the rates"))
        case .empty:
            rate *= 0.5
            sparsity = 0
            entropy *= 0.5
            return (
                action,
                event(
                    step, trouble, "the field is empty: \(back), halved the rates, eased sparsity and entropy"
                )
            )
        case .foggy:
            entropy = min(16, entropy * 2)
            return (
                .adjust, event(step, trouble, "the field is foggy: doubled the weight of opacity entropy")
            )
        case .saturated:
            sparsity = max(1e-2, min(1, sparsity * 2))
            return (
                .adjust, event(step, trouble, "the field fills the views: raised the weight of emptiness")
            )
        }
    }

    private func trouble(_ vitals: FieldVitals, _ progress: Float) -> FieldTrouble? {
        if !vitals.isFinite { return .notFinite }
        if vitals.opacity < Self.emptyOpacity { return .empty }
        if vitals.opacity > Self.fullOpacity { return .saturated }
        // What is nearly gone is hazy all over; it is not fog yet.
        if progress > 0.4, vitals.opacity > 1.5 * Self.emptyOpacity, vitals.haze > Self.hazeLimit {
            return .foggy
        }
        return nil
    }

    private func event(_ step: Int, _ trouble: FieldTrouble, _ message: String) -> WatchdogEvent {
        WatchdogEvent(step: step, trouble: trouble, message: message)
    }
}
