"""Sentiment of Korean reviews: ``nlp.load().analyze("배송도 빠르고 좋아요")``.

The public face is small: :func:`load` gives an :class:`Analyzer`, which gives a :class:`Verdict` for a text, an
:class:`Explanation` of it, or a whole :class:`Review` with clauses and aspects; a model folder that cannot be trusted
raises :class:`ArtifactError`.
"""

from nlp.analyze import Analyzer, load
from nlp.explain import Explanation
from nlp.review import Review
from nlp.sealed import ArtifactError
from nlp.verdict import Verdict

__all__ = ["Analyzer", "ArtifactError", "Explanation", "Review", "Verdict", "load"]
