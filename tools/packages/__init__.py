"""Builds the wheel and the sdist, and tries the wheel beside distributions that have packages named as our rooms."""
