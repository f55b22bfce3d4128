// A picture with a selection drawn over it.

import Images

extension Image {
    /// The photograph with what a selection found and where it pointed.
    func overlay(_ mask: Mask, _ selection: Selection) -> Image {
        overlay(
            mask, clicks: selection.clicks,
            boxes: selection.boxes.map {
                PixelRectangle(left: Int($0.x0), top: Int($0.y0), right: Int($0.x1), bottom: Int($0.y1))
            })
    }
}

extension Selection {
    /// The points as marks on a picture.
    var clicks: [ClickMark] { points.map { ClickMark(x: $0.x, y: $0.y, isObject: $0.isObject) } }
}
