import ArgumentParser
import Comparison
import Foundation

/// `--systems a=dirA,b=dirB,truth,loop`: folders by name, and built-in systems.
struct SystemList: ExpressibleByArgument, Equatable {
    enum Item: Equatable {
        case folder(name: String, path: String)
        case reference(ReferenceSystem)
    }

    let items: [Item]

    init?(argument: String) {
        var items: [Item] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2, !pair[0].isEmpty, !pair[1].isEmpty {
                items.append(.folder(name: String(pair[0]), path: String(pair[1])))
            } else if let reference = ReferenceSystem(rawValue: String(part)) {
                items.append(.reference(reference))
            } else {
                return nil
            }
        }
        self.items = items
    }

    /// - Parameter truth: the folder of real continuations as a system.
    func systems(prompts: [Prompt], truth: ComparedSystem?, partial: Bool) throws -> [ComparedSystem] {
        try items.map { item in
            switch item {
            case .folder(let name, let path):
                try ComparedSystem(
                    name: name, folder: URL(fileURLWithPath: path), prompts: prompts, partial: partial)
            case .reference(let reference):
                try reference.system(prompts: prompts, truth: truth)
            }
        }
    }
}
