"""Handlers of a few lines each: ask the desk, give back what it said. They judge nothing."""
