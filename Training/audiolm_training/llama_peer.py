"""llama.cpp on a GGUF file, through the C interface that llama-cpp-python offers."""

import ctypes
from pathlib import Path

import numpy as np


class LlamaModel:
    """A model with the past of one sequence."""

    def __init__(self, path: Path, threads: int, context: int = 1024):
        import llama_cpp

        self.api = llama_cpp
        llama_cpp.llama_log_set(_silent(llama_cpp), ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.model:
            raise SystemExit(f"{path}: llama.cpp cannot load it")
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx, settings.n_batch, settings.n_ubatch = context, context, context
        settings.n_threads = settings.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, settings)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))

    def read(self, tokens: list[int]) -> np.ndarray:
        """Appends tokens; the logits after the last."""
        array = (self.api.llama_token * len(tokens))(*tokens)
        if self.api.llama_decode(self.context, self.api.llama_batch_get_one(array, len(tokens))) != 0:
            raise SystemExit("llama.cpp cannot decode; is its context full?")
        logits = self.api.llama_get_logits_ith(self.context, -1)
        return np.ctypeslib.as_array(logits, shape=(self.vocabulary,))

    def forget(self, position: int) -> None:
        """Drops everything from `position` on."""
        self.api.llama_memory_seq_rm(self.api.llama_get_memory(self.context), 0, position, -1)


def _silent(llama_cpp):
    """A log callback that says nothing, kept alive."""
    global _callback
    _callback = llama_cpp.llama_log_callback(lambda level, text, data: None)
    return _callback


_callback = None
