"""Rules that make short reviews: what happens to a thing, irony, negation and its neighbours, wishes, slang.

Every rule chooses first whether the review praises or blames, so no frame alone tells which.
Nothing here was taken from the behaviour suites in ``tests/data``: they are read by no rule, only by the tests.
"""
