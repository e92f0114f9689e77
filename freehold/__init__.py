"""The one package that is installed; the rooms are inside of it. `start` makes them importable."""
