// audiolm: every verb.
import AudioLMCommand

Tool.main(RootCommand.self)
