"""What each command of ``nunchi`` does; :mod:`bot.cli` only reads the command line."""
