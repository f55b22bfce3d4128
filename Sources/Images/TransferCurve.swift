// The sRGB transfer curve.

import Foundation

/// Linear light of an sRGB value (IEC 61966-2-1).
package func linearFromSRGB(_ value: Float) -> Float {
    value <= 0.04045 ? value / 12.92 : powf((value + 0.055) / 1.055, 2.4)
}

/// The sRGB value of linear light (IEC 61966-2-1).
package func srgbFromLinear(_ value: Float) -> Float {
    value <= 0.003_130_8 ? value * 12.92 : 1.055 * powf(value, 1 / 2.4) - 0.055
}
