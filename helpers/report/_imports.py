"""Keep one costly import out of every start.

``jsonschema`` looks for ``rfc3987_syntax``, which comes with jupyterlab and builds a whole
grammar when it is imported: more than a second each time ``nbformat`` starts. It serves to
check addresses in JSON documents, which no notebook has. ``None`` in ``sys.modules`` makes
the import fail at once, and ``jsonschema`` goes on without that check. The package imports
this module before any of its other modules, so it always comes before ``nbformat``.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
