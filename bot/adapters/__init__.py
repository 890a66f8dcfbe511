"""One module for each platform, as thin as it goes. :mod:`bot.adapters.console` is the one to copy."""
