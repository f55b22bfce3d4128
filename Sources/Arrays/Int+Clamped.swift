// Whole numbers of real ones that may be anything.

extension Int {
    /// The whole number nearest to zero from `value`; the least or greatest there is for one beyond them, 0 for NaN.
    ///
    /// For numbers that a file or an option gives: `Int(_:)` traps on what it cannot hold.
    package init(clamped value: some BinaryFloatingPoint) {
        guard !value.isNaN else {
            self = 0
            return
        }
        let number = Double(value).rounded(.towardZero)
        self = number >= 0x1p63 ? .max : number < -0x1p63 ? .min : Int(number)
    }
}
