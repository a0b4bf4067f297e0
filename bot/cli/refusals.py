"""Errors of the operating system, as sentences with a next step."""

from __future__ import annotations

import errno
import re

_NO_ROOM = "The disk is full: there is no room for {where}. Make some and start again."
_NOT_ALLOWED = "This user may not open {where}: give it the right to, or name another place."
_NO_FOLDER = "A file stands at {where}, where a folder is needed: name another place."
_TOO_MANY = "This process may open no more files: raise the limit (ulimit -n) and start again."
_SENTENCES = {
    errno.EADDRINUSE: "{port} is taken by another program: end that one, or give another port by "
    "--port.",
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: "The disk of {where} may not be written to: name another place.",
    errno.EISDIR: "{where} is a folder: name a file in it.",
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
    errno.ENOENT: "{where} is not there: check the path and try again.",
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}
_PORT = re.compile(r"\('[^']*', (\d+)")


def in_a_sentence(error: OSError) -> str:
    """Return what an error of the operating system means for the operator, and what to do."""
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    port = _PORT.search(reason)
    sentence = _SENTENCES.get(
        error.errno or 0, "{reason}: check the path or the address and try again."
    )
    return sentence.format(
        where=error.filename2 or error.filename or "a file that is needed",
        port=f"Port {port[1]}" if port else "The port",
        reason=reason[:1].upper() + reason[1:],
    )
