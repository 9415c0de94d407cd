"""Import ``jsonschema``, which ``nbformat`` needs, without a costly grammar.

``jsonschema`` looks for ``rfc3987_syntax``, which comes with jupyterlab and builds a whole
grammar when it is imported: more than a second each time ``nbformat`` starts. It serves to
check addresses in JSON documents, which no notebook has. While ``jsonschema`` is imported here,
and only then, that import fails at once, and ``jsonschema`` goes on without that check.
"""

from __future__ import annotations

import sys

_COSTLY = "rfc3987_syntax"

if _COSTLY not in sys.modules:
    sys.modules[_COSTLY] = None  # type: ignore[assignment]
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[_COSTLY]
