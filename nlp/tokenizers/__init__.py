"""Tokenizers that need more than this package; :func:`nlp.tokenizer.create` imports them when one is asked for."""
