"""PyTorch training of audiolm-swift's codec, semantic tokenizer and token transformers."""
