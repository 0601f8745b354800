"""Tocsin: an open emergency response platform that a city can run itself."""

__version__ = "0.1.0"
