"""What is remembered, in SQLite or PostgreSQL: :func:`bot.storage.opening.open_store` gives the store."""
