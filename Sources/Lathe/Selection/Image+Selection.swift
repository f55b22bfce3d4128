// Draws a selection over a picture.

import Images

extension Image {
    /// The photograph with mask, clicks and boxes drawn over it.
    ///   - rows: which rows of it; nil for all.
    func overlay(_ mask: Mask, _ selection: Selection, rows: Range<Int>? = nil) -> Image {
        overlay(
            mask, clicks: selection.clicks,
            boxes: selection.boxes.map {
                PixelRectangle(
                    left: Int($0.left), top: Int($0.top), right: Int($0.right), bottom: Int($0.bottom))
            }, rows: rows ?? 0..<height)
    }
}

extension Selection {
    /// The points as labelled pixels.
    var clicks: [ClickMark] { points.map { ClickMark(x: $0.x, y: $0.y, isObject: $0.isObject) } }
}
