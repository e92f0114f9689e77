"""What the figures come from: commands timed as whole processes, beside terraform's where it is installed."""
