"""Lotse, the messaging assistant of municipal integration management."""

__version__ = "0.1.0"
