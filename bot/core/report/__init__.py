"""A page that sums up the reviews of a file: :mod:`.gather` counts, :mod:`.page` writes HTML with :mod:`.charts`."""
