"""Why a document could not be read."""

from __future__ import annotations


class DocumentFault(Exception):  # noqa: N818 - the document's fault, not an error of the program
    """A document, or a part of one, cannot be read; the message is a sentence for the desk."""
