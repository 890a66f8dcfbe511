"""The bot and its command line: everything that talks to people. The reading of reviews is in :mod:`nlp`."""
