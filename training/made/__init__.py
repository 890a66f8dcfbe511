"""Rules that make short reviews: what happens to a thing, irony, negation and its neighbours, wishes, slang.

Every rule chooses first whether the review praises or blames, so no frame alone tells which.
The behaviour suites in ``tests/data`` are read by no rule, only by the tests, one of which sees to it that no rule makes
a sentence of theirs.
"""
