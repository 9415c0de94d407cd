"""Disclosure control: small counts are protected before anything is shown.

The one entrance is :class:`helpers.disclosure.gate.Gate`; a section sends each set of results
through it, and what comes out is all that tables, figures, sentences and files are made from.
"""

from helpers.disclosure.gate import Gate, open_gate
from helpers.disclosure.rule import RULES, Rule, get_rule

__all__ = ["RULES", "Gate", "Rule", "get_rule", "open_gate"]
