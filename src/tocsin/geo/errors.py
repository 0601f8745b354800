"""The one error the ground raises for bad input: a single line a person can act on.

Knows nothing of exit codes, HTTP or logging.
"""


class RegionError(Exception):
    """A region cannot be built or opened; the message is one clear line naming the file and the cause."""
