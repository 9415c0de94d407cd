"""What the disease, the treatment and the events of a cohort are called in print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

MAX_TERM = 120
MAX_PARAGRAPH = 4000
_PARAGRAPHS = ("background", "introduction", "setting", "interpretation", "declarations")
_PAIR = re.compile(r"\s*([^=;\s][^=;]{0,29}?)\s*=\s*([^=;]*[^=;\s])\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Words that the report uses for what differs between diseases.

    Attributes
    ----------
    disease : str
        Of the patients, as in "patients with ...".
    index_treatment, index_treatment_name : str
        Treatment before time zero, short and in full; empty if there is none.
    failure, failure_name : str
        What defines the cohort, a noun phrase as in "after ...", short and in full.
    time_zero, time_zero_name : str
        What survival is counted from, as in "counted from ..." and on axes, "months since ...".
    progression, progression_name : str
        The event that competes with death, short and in full.
    endpoint, endpoint_short : str
        What the survival time measures, in full and as the text abbreviates it.
    event : str
        What ends the survival time; in tables and sentences "event" if it is several words.
    background, introduction : str
        Paragraphs of the abstract and the introduction; empty for a neutral one.
    setting, interpretation, declarations : str
        Paragraphs that only the authors can write, of the methods (hospitals, dates, how
        patients were found, how values were measured), of the discussion (other studies, to whom
        the results apply) and of the end (funding, ethics, interests, access to data).
    abbreviations : mapping of str to str
        Short forms of the labels, with their meaning.
    """

    disease: str = "lower-risk MDS with del(5q)"
    index_treatment: str = "LEN"
    index_treatment_name: str = "lenalidomide"
    failure: str = "LEN failure"
    failure_name: str = "lenalidomide failure"
    time_zero: str = "the documentation of LEN failure"
    time_zero_name: str = "lenalidomide failure"
    progression: str = "AML"
    progression_name: str = "acute myeloid leukaemia"
    endpoint: str = "overall survival"
    endpoint_short: str = "OS"
    event: str = "death"
    background: str = ""
    introduction: str = ""
    setting: str = ""
    interpretation: str = ""
    declarations: str = ""
    abbreviations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        """Return whether disease, treatment, time zero and events are those of the paper."""
        texts = {name: getattr(self, name) for name in _PARAGRAPHS}
        return self == Terms(**texts, abbreviations=self.abbreviations)

    @property
    def is_death(self) -> bool:
        """Return whether the event is death of any cause."""
        return self.event == "death"

    @property
    def event_noun(self) -> str:
        """Return one word for an event."""
        return "event" if " " in self.event else self.event

    def fill(self, text: str) -> str:
        """Return a title with its places for terms filled in, beginning with a capital.

        Examples
        --------
        >>> Terms().fill("{endpoint} after {failure}")
        'Overall survival after lenalidomide failure'
        """
        words = {
            "{endpoint}": self.endpoint,
            "{failure}": self.failure_name,
            "{treatment}": self.index_treatment_name or "the index treatment",
            "{progression}": self.progression,
        }
        for place, word in words.items():
            text = text.replace(place, word)
        return text[:1].upper() + text[1:]

    def rename(self, text: str) -> str:
        """Return a built-in label with the paper's words replaced by these.

        Examples
        --------
        >>> make_terms({"index_treatment": "ATRA"}).rename("Type of LEN failure")
        'Type of failure of ATRA'
        """
        if self.is_published:
            return text
        words = {
            "lenalidomide failure": self.failure_name,
            "LEN failure": self.failure,
            "lenalidomide": self.index_treatment_name or "the index treatment",
            "LEN": self.index_treatment or "the index treatment",
            "acute myeloid leukaemia": self.progression_name,
            "AML": self.progression,
            "MDS": "the disease",
            "OS": self.endpoint_short,
        }
        pattern = "|".join(rf"(?<![\w]){re.escape(word)}(?![\w])" for word in words)
        return re.sub(pattern, lambda match: words[match[0]], text)


TERM_NAMES = tuple(one.name for one in fields(Terms))


def make_terms(declared: Mapping[str, Any]) -> Terms:
    """Return the terms that a user declares; what is not given follows from the rest.

    Parameters
    ----------
    declared : mapping of str to str
        By attribute of :class:`Terms`, without faults; `abbreviations` as one text,
        ``"ELN = European LeukemiaNet; ECOG = Eastern Cooperative Oncology Group"``.

    Returns
    -------
    Terms

    Notes
    -----
    As soon as one word differs from the paper's, none of the paper's own words is a default:
    who studies another disease must not read of lenalidomide because a term was forgotten.

    Examples
    --------
    >>> make_terms({}).failure
    'LEN failure'
    >>> make_terms({"time_zero": "randomisation"}).failure
    'randomisation'
    """
    given = {key: " ".join(str(value).split()) for key, value in declared.items()}
    shorts = parse_abbreviations(given.pop("abbreviations", ""))
    texts = {key: given.pop(key, "") for key in _PARAGRAPHS}
    plain = Terms()
    if all(value == getattr(plain, key) for key, value in given.items()):
        return Terms(**texts, abbreviations=shorts)
    return Terms(**_complete(given), **texts, abbreviations=shorts)


def _complete(given: Mapping[str, str]) -> dict[str, str]:
    treatment = given.get("index_treatment") or given.get("index_treatment_name", "")
    failure = (
        given.get("failure")
        or given.get("failure_name")
        or given.get("time_zero")
        or (f"failure of {treatment}" if treatment else "treatment failure")
    )
    progression = given.get("progression") or given.get("progression_name") or "progression"
    endpoint = given.get("endpoint") or "overall survival"
    event = given.get("event") or "death"
    short = "OS" if endpoint == "overall survival" else endpoint
    return {
        "disease": given.get("disease") or "the disease",
        "index_treatment": treatment,
        "index_treatment_name": given.get("index_treatment_name") or treatment,
        "failure": failure,
        "failure_name": given.get("failure_name") or failure,
        "time_zero": given.get("time_zero") or given.get("time_zero_name") or failure,
        "time_zero_name": given.get("time_zero_name")
        or given.get("time_zero")
        or given.get("failure_name")
        or failure,
        "progression": progression,
        "progression_name": given.get("progression_name") or progression,
        "endpoint": endpoint,
        "endpoint_short": given.get("endpoint_short") or short,
        "event": event,
    }


def parse_abbreviations(text: str) -> dict[str, str]:
    """Return short forms with their meaning from ``"ELN = European LeukemiaNet; ..."``.

    Examples
    --------
    >>> parse_abbreviations("CR = complete remission; ECOG = Eastern Cooperative Oncology Group")
    {'CR': 'complete remission', 'ECOG': 'Eastern Cooperative Oncology Group'}
    """
    matches = (_PAIR.fullmatch(part) for part in text.split(";"))
    return {match[1]: match[2] for match in matches if match}


def find_term_faults(declared: object) -> Iterator[str]:
    """Yield what is wrong with declared terms."""
    if not isinstance(declared, Mapping):
        yield f"terms must be names with texts, but was {declared!r:.60}"
        return
    for key, value in declared.items():
        if key not in TERM_NAMES:
            near = get_close_matches(str(key), TERM_NAMES, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(TERM_NAMES)}"
            yield f"terms has no key {key!r:.60}; {advice}"
            continue
        longest = MAX_PARAGRAPH if key in (*_PARAGRAPHS, "abbreviations") else MAX_TERM
        fault = describe_text_fault(value, longest=longest)
        if fault:
            yield f"terms.{key} {fault}"
        elif key == "abbreviations":
            parts = [part for part in value.split(";") if part.strip()]
            for part in parts:
                if not _PAIR.fullmatch(part):
                    yield (
                        "terms.abbreviations must be 'SHORT = meaning; SHORT = meaning', but had "
                        f"{part.strip()!r:.60}; write each with one ="
                    )


def describe_text_fault(value: object, *, longest: int) -> str:
    """Return what is wrong with a text that is printed, empty if nothing is."""
    if not isinstance(value, str) or not value.strip():
        return f"must be text, but was {value!r:.60}; put it in quotes"
    if len(value) > longest:
        return f"must have at most {longest} characters, but had {len(value)}; shorten it"
    if any(unicodedata.category(letter) == "Cc" and letter != "\n" for letter in value):
        return "must be text without control characters, but had some; type it anew"
    return ""
