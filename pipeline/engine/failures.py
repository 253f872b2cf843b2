"""What a child process says went wrong inside it, before the host makes a SceneError of it."""

from __future__ import annotations


class Unsupported(Exception):
    """The scene does something the farm cannot do exactly, and refuses to do nearly."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason
        self.advice = advice
        super().__init__(reason)


class Strayed(Unsupported):
    """The scene went another way than when it was traced."""


class NotWritten(Exception):
    """A chunk could not be encoded or written, which is no fault of the scene's."""


class Enough(BaseException):
    """
    Every frame asked for has been drawn; the rest of the scene need not run.

    Not an Exception, so that a scene's own `except Exception` lets it through.
    """
