"""Mutations: what may happen to the bytes of a camera, chosen by a random generator."""

import random
import re
from collections.abc import Sequence

NUMBERS = (b"0", b"1", b"-1", b"255", b"256", b"65535", b"65536", b"4294967296", b"9" * 30, b"", b"1e9", b"0x10")
BYTES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0x24, 0x0A, 0x0D, 0x20, 0x3A, 0x3B, 0x22, 0x3D)
_NUMBER = re.compile(rb"\d+")
_WORD = re.compile(rb"[A-Za-z][\w-]*")
LONGEST = 1 << 20  # bytes of one input


def mutated(chance: random.Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """The bytes after one to five mutations; `others` lend parts of theirs."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        data = chance.choice(_MUTATIONS)(chance, data, others)
    return data[:LONGEST]


def shuffled(chance: random.Random, pieces: Sequence[bytes]) -> list[bytes]:
    """The pieces with some lost, doubled, swapped, cut short or from where they do not belong; most stay."""
    found = list(pieces)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        if not found:
            break
        at = chance.randrange(len(found))
        match chance.randrange(5):
            case 0:
                del found[at]
            case 1:
                found.insert(at, found[chance.randrange(len(found))])
            case 2:
                other = chance.randrange(len(found))
                found[at], found[other] = found[other], found[at]
            case 3:
                found = found[: at + 1]
            case 4:
                found[at:at] = found[at : at + chance.randrange(4)] * chance.choice((1, 2, 50))
    return found


def _flip(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _set(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Bytes that mean something, also near the beginning, where headers are."""
    changed = bytearray(data)
    if changed:
        at = chance.randrange(min(len(changed), chance.choice((4, 16, 64, 1 << 20))))
        changed[at] = chance.choice(BYTES)
    return bytes(changed)


def _cut(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _remove(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 2, 4, 16, 200)) :]


def _insert(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(data) + 1)
    part = chance.randbytes(chance.choice((1, 2, 4, 30)))
    return data[:at] + chance.choice((part, part[:1] * chance.choice((4, 400, 70_000)))) + data[at:]


def _repeat(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    begin = chance.randrange(len(data) + 1)
    end = begin + chance.choice((1, 4, 30, 300))
    return data[:end] + data[begin:end] * chance.choice((1, 2, 30)) + data[end:]


def _splice(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others) if others else data
    at, from_ = chance.randrange(len(data) + 1), chance.randrange(len(other) + 1)
    return data[:at] + other[from_:]


def _number(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return _replace(chance, data, _NUMBER, chance.choice(NUMBERS))


def _word(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    words = [found[0] for found in _WORD.finditer(data[:4096])]
    return _replace(chance, data, _WORD, chance.choice(words) if words else b"")


def _replace(chance: random.Random, data: bytes, what: re.Pattern[bytes], by: bytes) -> bytes:
    found = list(what.finditer(data[:4096]))
    if not found:
        return data
    place = chance.choice(found)
    return data[: place.start()] + by + data[place.end() :]


_MUTATIONS = (_flip, _flip, _set, _set, _cut, _remove, _insert, _repeat, _splice, _number, _word)
