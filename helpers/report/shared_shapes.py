"""Shapes that several drawings of a page use: each stands in the page once."""

from __future__ import annotations


class SharedShapes:
    """Letters and marks of a page's drawings, by what they look like."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def share(self, attributes: str) -> str:
        """Return the id of a path, the same for the same path.

        Parameters
        ----------
        attributes : str
            As they are written, escaped, without an id.

        Returns
        -------
        str
            Holds a dot, as no anchor of a page does.
        """
        return self._ids.setdefault(attributes, f"s.{len(self._ids):x}")

    def write(self) -> str:
        """Return the element that holds all shapes and shows none; empty without any."""
        if not self._ids:
            return ""
        paths = "".join(f'<path id="{name}"{shape}/>' for shape, name in self._ids.items())
        return (
            '<svg class="shapes" width="0" height="0" aria-hidden="true" focusable="false">'
            f"<defs>{paths}</defs></svg>\n"
        )
