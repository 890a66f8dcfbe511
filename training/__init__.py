"""Training, evaluation and comparison of the models that :mod:`nlp` serves; ``python -m training --help``."""
