"""Stacks that run as they are."""
