import Foundation

/// No bundle of that name; the message says where it was looked for.
struct BundleNotFound: Error, Equatable, CustomStringConvertible {
    let name: String
    let places: [String]

    var description: String {
        "no model bundle \(name) (looked in \(places.joined(separator: ", "))); "
            + "name its folder with --model, or set AUDIOLM_MODELS to the folder that holds it"
    }
}

/// $AUDIOLM_MODELS is set to what is no folder: what it was to choose must not be chosen silently otherwise.
struct ModelsFolderNotFound: Error, Equatable, CustomStringConvertible {
    let path: String

    var description: String { "AUDIOLM_MODELS is \(path), which is no folder; correct or unset it" }
}

/// Finds the folder of a bundle.
struct BundleLocator {
    var environment = ProcessInfo.processInfo.environment
    var workingFolder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    /// The running tool, links resolved.
    var executable = Bundle.main.executableURL?.resolvingSymlinksInPath()

    /// `name` as a path where it holds a slash; else `name` in `$AUDIOLM_MODELS`, `./Models`, and, for every folder
    /// above the tool, its `Models` and `share/audiolm/Models`, and where it is in none of them, in the working folder.
    func folder(of name: String) throws -> URL {
        if name.contains("/") || name.hasPrefix(".") {
            let path = URL(fileURLWithPath: name, relativeTo: workingFolder)
            guard Self.isBundle(path) else {
                throw BundleNotFound(name: name, places: [path.path + "/config.json"])
            }
            return path
        }
        let places = try places()
        for place in places where Self.isBundle(place.appendingPathComponent(name)) {
            return place.appendingPathComponent(name)
        }
        let near = workingFolder.appendingPathComponent(name)
        guard Self.isBundle(near) else { throw BundleNotFound(name: name, places: places.map(\.path)) }
        return near
    }

    /// Every folder in which bundles are looked for, nearest first.
    private func places() throws -> [URL] {
        var places: [URL] = []
        if let models = environment["AUDIOLM_MODELS"], !models.isEmpty {
            let folder = URL(fileURLWithPath: models, relativeTo: workingFolder)
            guard FolderContinuation.isFolder(folder) else { throw ModelsFolderNotFound(path: models) }
            places.append(folder)
        }
        places.append(workingFolder.appendingPathComponent("Models"))
        var ancestor = executable
        while let folder = ancestor?.deletingLastPathComponent(), folder.path != ancestor?.path {
            places.append(folder.appendingPathComponent("Models"))
            places.append(folder.appendingPathComponent("share/audiolm/Models"))
            ancestor = folder.path == "/" ? nil : folder
        }
        return places
    }

    private static func isBundle(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("config.json").path)
    }
}
