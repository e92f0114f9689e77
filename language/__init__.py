"""What the user writes, and the values it is made of."""

__version__ = "0.1.0"
