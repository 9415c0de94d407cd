"""Bytes into text: which encoding a file has, by its marks, its form or its letters."""

from __future__ import annotations

import codecs

from helpers.errors import DataError, ParameterError

#: What may be asked for, by its name in Python; names for people.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "ascii": "ASCII",
    "cp1252": "Windows-1252",
    "iso8859-1": "Latin-1",
    "iso8859-15": "Latin-9",
    "cp1250": "Windows-1250",
    "iso8859-2": "Latin-2",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1257": "Windows-1257",
    "mac-roman": "Mac Roman",
    "cp437": "code page 437",
    "cp850": "code page 850",
    "cp932": "Shift JIS",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: In order of preference.
_SINGLE_BYTE = ("cp1252", "mac-roman", "cp1250", "cp850")
_WESTERN = frozenset("äöüßéèêëàâçñíóúáîôûåæøïìòùõãœÄÖÜÉÈÀÇÑÅÆØ")
_CENTRAL = frozenset("ąćęłńśźżčďěňřšťůžýőűŁŚŻŹČŘŠŽ")
_SYMBOLS = frozenset("°µ²³¹ªº≥≤±×’‘“”„–—…€§½¼¾·«»®©™\u00a0")
_SAMPLE_CHARACTERS = 20_000


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    Parameters
    ----------
    content : bytes
        The whole file.
    encoding : str
        As declared; found out if empty: by a byte order mark, else UTF-8 if it is that, else
        UTF-16 by its zero bytes, else the single-byte encoding in which its letters make
        words.

    Raises
    ------
    DataError
        If the file does not hold text of the declared encoding.
    ParameterError
        If there is no such encoding.

    Examples
    --------
    >>> decode("männlich".encode("mac-roman"))
    ('männlich', 'Mac Roman')
    """
    if encoding:
        return _decode_as(content, encoding)
    name = find_encoding(content)
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        raise _describe_bad_byte(content, error, ENCODINGS[name]) from None
    if name == "cp1252" and not any(0x80 <= byte <= 0x9F for byte in set(content)):
        name = "iso8859-1"
    return text.removeprefix("\ufeff"), ENCODINGS[name]


def find_encoding(content: bytes) -> str:
    """Return the encoding that a file most likely has, by its name in Python."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if wide := _find_wide(content):
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _guess_single_byte(content)
    return "utf-8"


def _find_wide(content: bytes) -> str:
    """Return UTF-16 where every second byte of a file's start is zero."""
    start = content[:2000]
    if len(start) < 8 or len(content) % 2:
        return ""
    even, odd = start[::2], start[1::2]
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _guess_single_byte(content: bytes) -> str:
    scores: dict[str, float] = {}
    for name in _SINGLE_BYTE:
        try:
            scores[name] = _score(content.decode(name))
        except UnicodeDecodeError:
            continue
    return max(scores, key=lambda name: scores[name])


def _score(text: str) -> float:
    score = 0.0
    positions = [index for index, letter in enumerate(text) if letter > "\x7f"]
    for index in positions[:_SAMPLE_CHARACTERS]:
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        score += _score_letter(text[index], before, after)
    return score


def _score_letter(letter: str, before: str, after: str) -> float:
    if letter in _SYMBOLS:
        inside = before.isalpha() and after.isalpha()
        return 1.0 if not inside or letter == "’" else -3.0
    if letter.isupper() and before.islower():
        return -2.0
    in_word = before.isalpha() or after.isalpha()
    if letter in _WESTERN:
        return 2.0 if in_word else 0.5
    if letter in _CENTRAL:
        return 1.5 if in_word else 0.0
    return -0.5 if letter.isalpha() else -3.0


def _decode_as(content: bytes, encoding: str) -> tuple[str, str]:
    name = _normalise(encoding)
    if name not in ENCODINGS:
        known = ", ".join(["utf-8", "utf-16", "windows-1252", "latin-1", "mac-roman"])
        raise ParameterError(
            f"data_encoding must be the name of an encoding, but was {encoding!r}; "
            f"write for example {known}, or leave it empty"
        )
    try:
        return content.decode(name).removeprefix("\ufeff"), ENCODINGS[name]
    except UnicodeError as error:
        raise _describe_bad_byte(content, error, ENCODINGS[name]) from None


def _normalise(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return ""
    return {"utf_8_sig": "utf-8-sig"}.get(name, name)


def _describe_bad_byte(content: bytes, error: UnicodeError, shown: str) -> DataError:
    where = "it"
    if isinstance(error, UnicodeDecodeError) and error.start < len(content):
        line = content[: error.start].count(b"\n") + 1
        where = f"line {line} with the byte 0x{content[error.start]:02x}"
    return DataError(
        f"data must be text in {shown}, but {where} is not; give the right data_encoding, or "
        "save the file as CSV UTF-8"
    )
