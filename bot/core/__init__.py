"""What the bot does, free of any platform: no discord, no slack, no database driver, no TensorFlow."""
