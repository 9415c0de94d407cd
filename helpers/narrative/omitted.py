"""What is said of an analysis that could not be made."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import NumberStyle, get_style
from helpers.narrative.voice import make_text
from helpers.results import ResultSet


def describe_omitted(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Say that an analysis could not be made, and why.

    Parameters
    ----------
    results : ResultSet
        An omitted set; one that is not gives an empty text.
    style : NumberStyle or str
        Accepted for the sake of one call for all sentences.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock

    Examples
    --------
    >>> describe_omitted(
    ...     ResultSet.omitted("os.tp53", "no patient was tested.", meta={"title": "OS by TP53"})
    ... ).markdown
    'OS by TP53 could not be analysed: no patient was tested.'
    """
    get_style(style)
    return make_text(results, [], refs)
