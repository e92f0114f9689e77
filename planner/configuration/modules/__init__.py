"""Where modules come from: their sources, how they are fetched, and the lock file that pins them."""
