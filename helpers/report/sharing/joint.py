"""Sums over several centres of which each centre's own part stays unreadable.

Centres that are too small to show a group's hazard ratio still have to count in the pooled
one. Those who hold a common key hide each number of theirs under masks that cancel in the sum
over all of them: for each pair of centres one adds what the other takes off. Whoever pools
the files and has no key learns the sum over all centres and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import ParameterError
from helpers.report.sharing.canonical import write_canonically

KEY_FORMAT = "lenfail-joint-key"
FEWEST_CENTRES = 3
_WORD = 8
_MODULUS = 2 ** (8 * _WORD)
#: Numbers are summed as whole multiples of this.
RESOLUTION = 1e-6


@dataclass(frozen=True, slots=True)
class JointKey:
    """What the centres of a study agree on, and nobody else may see.

    Attributes
    ----------
    centres : tuple of str
        Labels of all centres, sorted.
    secret : bytes
        32 random ones.
    """

    centres: tuple[str, ...]
    secret: bytes

    @property
    def id(self) -> str:
        """Return a name of the key from which the secret cannot be found."""
        return self.sign("name", list(self.centres))[:16]

    def sign(self, purpose: str, document: Any) -> str:
        """Return a hash that only who holds the key can make."""
        message = f"{purpose}\0{write_canonically(document)}".encode()
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()


def make_key(centres: Sequence[str]) -> JointKey:
    """Return a new key for some centres.

    Raises
    ------
    ParameterError
        If there are fewer than three: of two, each could work out the other's part.
    """
    names = tuple(sorted(dict.fromkeys(name.strip() for name in centres if name.strip())))
    if len(names) < FEWEST_CENTRES:
        raise ParameterError(
            f"centres of a joint key must be {FEWEST_CENTRES} or more different names, but was "
            f"{', '.join(names) or 'none'!r}; the sum of two centres gives each the other's part"
        )
    return JointKey(names, secrets.token_bytes(32))


def write_key(path: Path, key: JointKey) -> None:
    """Write a key, for its owner's eyes only; an existing file is left alone.

    Raises
    ------
    ParameterError
        If the file is there already or cannot be written.
    """
    document = {"format": KEY_FORMAT, "centres": list(key.centres), "secret": key.secret.hex()}
    try:
        with path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    except FileExistsError:
        raise ParameterError(
            f"key must be a new file, but {path.name!r} is there; remove it or name another"
        ) from None
    except OSError as error:
        raise ParameterError(
            f"key must be a file that can be written, but {path.name!r} was not "
            f"({error.strerror}); name another folder"
        ) from None


def read_key(path: Path) -> JointKey:
    """Read a key.

    Raises
    ------
    ParameterError
        If the file is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != KEY_FORMAT:
            raise ValueError
        names = tuple(str(name) for name in document["centres"])
        key = JointKey(tuple(sorted(set(names))), bytes.fromhex(document["secret"]))
        if len(key.secret) < 32 or len(key.centres) < FEWEST_CENTRES:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise ParameterError(
            f"joint key must be a file that 'lenfail share --new-key' wrote, but {path.name!r} "
            "was not; ask the centre that made it"
        ) from None
    return key


def mask_numbers(values: Sequence[float], key: JointKey, centre: str, context: str) -> str:
    """Return numbers under the masks of a centre, as hexadecimal digits.

    Parameters
    ----------
    values : sequence of float
        Below 1e12 in size; rounded to :data:`RESOLUTION`.
    key : JointKey
        Of the study.
    centre : str
        One of its centres.
    context : str
        What the numbers are; other masks are used for another context.
    """
    words = [round(value / RESOLUTION) % _MODULUS for value in values]
    for other in key.centres:
        if other == centre:
            continue
        first, second = sorted((centre, other))
        sign = 1 if centre == first else -1
        seed = bytes.fromhex(key.sign("mask", [first, second, context]))
        stream = hashlib.shake_256(seed).digest(_WORD * len(words))
        for at in range(len(words)):
            mask = int.from_bytes(stream[_WORD * at : _WORD * (at + 1)], "big")
            words[at] = (words[at] + sign * mask) % _MODULUS
    return "".join(f"{word:016x}" for word in words)


def sum_masked(texts: Sequence[str]) -> list[float]:
    """Return the sums over all centres, from the masked numbers of each.

    Parameters
    ----------
    texts : sequence of str
        One of each centre of a key, of one length.
    """
    rows = [[int(text[at : at + 16], 16) for at in range(0, len(text), 16)] for text in texts]
    sums = [sum(column) % _MODULUS for column in zip(*rows, strict=True)]
    return [(s - _MODULUS if s >= _MODULUS // 2 else s) * RESOLUTION for s in sums]
