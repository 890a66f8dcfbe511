"""What keeps a bot running: its logs, its end, its regular work."""
