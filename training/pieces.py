"""Texts as pieces of words, which are found by how often they occur together (SentencePiece)."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from typing import Any

from training.errors import DataError


class Pieces:
    """A tokenizer of pieces (unigram language model, Kudo 2018, arXiv:1804.10959).

    Unlike morphemes they need no analyser, and what is misspelt is not unknown but falls into shorter pieces.

    Args:
        model: as :meth:`fit` makes it.
    """

    kind = "pieces"

    def __init__(self, model: bytes) -> None:
        self.model = model
        self._processor = _library().SentencePieceProcessor(model_proto=model)

    @property
    def size(self) -> int:
        """Number of token ids; 0 is padding, 1 what is unknown."""
        return int(self._processor.get_piece_size())

    def encode(self, text: str) -> list[int]:
        """Ids of the pieces of a normalised text."""
        ids: list[int] = self._processor.encode(text)
        return ids

    def encode_all(self, texts: Sequence[str]) -> Sequence[Sequence[int]]:
        """The same of many texts, on all cores."""
        ids: list[list[int]] = self._processor.encode(list(texts), num_threads=os.cpu_count() or 1)
        return ids

    @classmethod
    def fit(cls, texts: Iterable[str], limit: int) -> Pieces:
        """Find the pieces.

        Args:
            texts: normalised, read once.
            limit: most pieces; fewer if the texts do not have so many.

        Raises:
            DataError: if the library is not installed, or the limit is lower than the number of characters.
        """
        made = io.BytesIO()
        library = _library()
        try:
            library.SentencePieceTrainer.train(
                sentence_iterator=iter(texts),
                model_writer=made,
                vocab_size=limit,
                hard_vocab_limit=False,
                character_coverage=0.9998,
                normalization_rule_name="identity",  # the texts are normalised
                pad_id=0,
                unk_id=1,
                bos_id=-1,
                eos_id=-1,
                minloglevel=2,  # errors
            )
        except RuntimeError:  # of all that it could say here, there being texts
            raise DataError("pieces_few", pieces=limit) from None
        return cls(made.getvalue())


def check_installed() -> None:
    """Say that there is what finds pieces, before hours of work that would be in vain.

    Raises:
        DataError: if it is not installed.
    """
    _library()


def _library() -> Any:
    try:
        import sentencepiece
    except ImportError:
        raise DataError("pieces_missing") from None
    return sentencepiece
