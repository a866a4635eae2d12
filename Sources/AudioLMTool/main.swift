// audiolm: every verb.
import AudioLMCommand

await Tool.run(RootCommand.self)
