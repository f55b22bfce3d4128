// Options that say how a film of an object is taken.

import ArgumentParser
import Lathe

struct FilmOptionGroup: ParsableArguments {
    @Option(help: ArgumentHelp("Pictures in one turn.", valueName: "n"))
    var frames: Int?

    @Option(help: ArgumentHelp("Side of the pictures, pixels.", valueName: "n"))
    var size: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Degrees of the camera above the horizon. Default: 15.", valueName: "deg"))
    var elevation: Float?

    @Option(help: ArgumentHelp("Vertical field of view, degrees. Default: 45.", valueName: "deg"))
    var fov: Float?

    @Option(
        help: ArgumentHelp("Behind the object.", valueName: "white|alpha|#rrggbb"),
        transform: parsed(FilmOptions.Background.init(parsing:), "use white, black, grey, alpha or #rrggbb"))
    var background: FilmOptions.Background?

    @Option(
        help: ArgumentHelp("What is shown, joined by commas.", valueName: "rgb,depth,normal,opacity"),
        transform: parsed(FilmOptionGroup.channels, "choose from rgb, depth, normal, opacity"))
    var channels: [FilmOptions.Channel]?

    /// The options given, over the defaults of a preset.
    func film(for preset: LiftOptions.Preset) throws -> FilmOptions {
        var film = FilmOptions(for: preset)
        film.frames = frames ?? film.frames
        film.size = size ?? film.size
        film.elevation = elevation ?? film.elevation
        film.fieldOfView = fov ?? film.fieldOfView
        film.background = background ?? film.background
        film.channels = channels ?? film.channels
        try film.validate()
        return film
    }

    private static func channels(_ text: String) -> [FilmOptions.Channel]? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let channels = names.compactMap { FilmOptions.Channel(rawValue: String($0)) }
        return channels.count == names.count && Set(channels).count == channels.count ? channels : nil
    }
}
