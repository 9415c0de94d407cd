"""One way of writing a JSON document, and its hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def write_canonically(document: Any) -> str:
    """Return a document as JSON of one form: keys sorted, no spaces, numbers as Python prints them.

    Examples
    --------
    >>> write_canonically({"b": [1, 2.5], "a": "é"})
    '{"a":"é","b":[1,2.5]}'
    """
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def hash_document(document: Any) -> str:
    """Return the SHA-256 of a document's canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(write_canonically(document).encode("utf-8")).hexdigest()
