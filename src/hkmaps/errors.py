"""The errors that a user of the study can cause or meet; each message is one complete sentence."""


class HkmapsError(Exception):
    """Base of every error that a user is meant to read; `str(error)` is one sentence."""


class InputError(HkmapsError, ValueError):
    """A config value, table, file or array is not what it must be.

    The message names what is wrong, what was found and what is allowed.
    """


class ConvergenceError(HkmapsError, RuntimeError):
    """A calculation did not reach the accuracy that its result needs."""
