"""Damaged copies of PDFs: what a bad disk, a cut transfer, a careless tool or malice does to a file."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Sequence
from random import Random

_OBJECT = re.compile(rb"\d+ 0 obj.*?endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_NUMBER = re.compile(rb"(?<=[ \[])-?\d+(?:\.\d+)?(?=[ \]/>\n])")
_ODD_NUMBERS = (
    b"0", b"-1", b"1", b"2147483647", b"-2147483648", b"99999999999999999999", b"1e400", b"-0.0000001", b"0.0", b"65536",
    b".", b"--5", b"/Name", b"null", b"[ ]", b"1 0 R",
)  # fmt: skip
_OPERATORS = (
    b"Tj",
    b"TJ",
    b"Tm",
    b"Td",
    b"Tf",
    b"re",
    b"l",
    b"m",
    b"q",
    b"Q",
    b"cm",
    b"BT",
    b"ET",
    b"Do",
    b"gs",
    b"rg",
)


def _flip(data: bytes, other: bytes, rng: Random) -> bytes:
    """Some bits turned over."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 5, 40, 400))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _truncate(data: bytes, other: bytes, rng: Random) -> bytes:
    """The file's end, beginning or middle is missing."""
    a, b = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return rng.choice((data[:b], data[:8] + data[a:], data[:a] + data[b:]))


def _splice(data: bytes, other: bytes, rng: Random) -> bytes:
    """An object's body is that of an object of another file."""
    mine, theirs = list(_OBJECT.finditer(data)), [m.group() for m in _OBJECT.finditer(other)]
    if not mine or not theirs:
        return data[: len(data) // 2] + other[len(other) // 2 :]
    spot = rng.choice(mine)
    number = spot.group().split(b" ", 1)[0]
    return data[: spot.start()] + number + b" " + rng.choice(theirs).split(b" ", 1)[1] + data[spot.end() :]


def _swap_streams(data: bytes, other: bytes, rng: Random) -> bytes:
    """Two streams stand in each other's place, or one comes from another file."""
    mine = list(_STREAM.finditer(data))
    a = rng.choice(mine)
    theirs = rng.choice([m.group(1) for m in _STREAM.finditer(other)] + [m.group(1) for m in mine])
    return data[: a.start(1)] + theirs + data[a.end(1) :]


def _break_xref(data: bytes, other: bytes, rng: Random) -> bytes:
    """The table of objects points to wrong places, or is gone."""
    at = data.rfind(b"xref\n", 0, data.rfind(b"startxref"))
    tail = bytearray(data[at:])
    way = rng.randrange(4)
    if way == 0:
        return data[:at] + bytes(tail).replace(b"xref", b"xxxx", 1)
    if way == 1:
        return data[:at] + re.sub(rb"startxref\s+\d+", b"startxref\n%d" % rng.randrange(2**40), bytes(tail))
    if way == 2:  # offsets exchanged
        rows = re.findall(rb"\d{10} \d{5} [nf]", bytes(tail))
        shuffled = rng.sample(rows, len(rows))
        it = iter(shuffled)
        return data[:at] + re.sub(rb"\d{10} \d{5} [nf]", lambda _: next(it), bytes(tail))
    digits = [i for i, c in enumerate(tail) if 48 <= c <= 57]
    for _ in range(30):
        tail[rng.choice(digits)] = 48 + rng.randrange(10)
    return data[:at] + bytes(tail)


def _lose_fonts(data: bytes, other: bytes, rng: Random) -> bytes:
    """Fonts, their files, widths or maps are missing or stand for each other."""
    key = rng.choice(
        [b"/Font", b"/FontFile2", b"/FontDescriptor", b"/Widths", b"/ToUnicode", b"/Encoding", b"/Subtype"]
    )
    if key not in data:
        key = b"/Font"
    return data.replace(key, b"/X" + key[2:], rng.choice((1, 2, -1)))


def _repeat_pages(data: bytes, other: bytes, rng: Random) -> bytes:
    """A page is listed many times, or the tree of pages leads back to itself."""

    def kids(match: re.Match[bytes]) -> bytes:
        refs = re.findall(rb"\d+ 0 R", match.group(1)) or [b"3 0 R"]
        parents = re.findall(rb"/Pages (\d+ 0 R)", data) or refs
        extra = rng.choice((refs * 3, [rng.choice(refs)] * 40, parents * 2, [b"1 0 R"] * 5, []))
        return b"/Kids [ " + b" ".join(refs[: rng.randrange(len(refs) + 1)] + extra) + b" ]"

    return re.sub(rb"/Kids\s*\[(.*?)\]", kids, data, flags=re.DOTALL)


def _odd_numbers(data: bytes, other: bytes, rng: Random) -> bytes:
    """Lengths, counts and boxes outside of streams are absurd."""
    outside = [(0, data.find(b"stream"))] if rng.random() < 0.5 else [(data.rfind(b"endstream"), len(data))]
    spots = [m for a, b in outside for m in _NUMBER.finditer(data, a, max(a, b))]
    for m in sorted(rng.sample(spots, min(len(spots), rng.choice((1, 3, 12)))), key=lambda m: -m.start()):
        data = data[: m.start()] + rng.choice(_ODD_NUMBERS) + data[m.end() :]
    return data


def _rewrite_content(data: bytes, other: bytes, rng: Random) -> bytes:
    """A page's drawing is packed whole but tells nonsense: operands out of range, operators exchanged, lines gone."""
    found = []
    for m in _STREAM.finditer(data):
        try:
            found.append((m, zlib.decompress(base64.a85decode(m.group(1).strip(), adobe=False) if b"~>" not in m.group(1)
                                             else base64.a85decode(m.group(1).strip()[:-2]))))  # fmt: skip
        except (ValueError, zlib.error):
            try:
                found.append((m, zlib.decompress(m.group(1))))
            except zlib.error:
                continue
    drawings = [(m, plain) for m, plain in found if b"BT" in plain]
    if not drawings:
        return _flip(data, other, rng)
    m, plain = rng.choice(drawings)
    for _ in range(rng.choice((1, 10, 100))):
        way = rng.randrange(4)
        if way == 0 and (spots := list(_NUMBER.finditer(plain))):
            spot = rng.choice(spots)
            plain = plain[: spot.start()] + rng.choice(_ODD_NUMBERS) + plain[spot.end() :]
        elif way == 1:
            a, b = rng.sample(_OPERATORS, 2)
            plain = plain.replace(b" " + a + b" ", b" " + b + b" ", rng.choice((1, 3)))
        elif way == 2:
            a = rng.randrange(len(plain))
            plain = plain[:a] + plain[a + rng.randrange(200) :]
        else:
            a, b = rng.randrange(len(plain)), rng.randrange(len(plain))
            plain = plain[:a] + plain[b : b + 300] + plain[a:]
    packed = zlib.compress(plain)
    if b"/ASCII85Decode" in data:
        packed = base64.a85encode(packed) + b"~>"
    return data[: m.start(1)] + packed + b"\n" + data[m.end(1) :]


MUTATORS: dict[str, Callable[[bytes, bytes, Random], bytes]] = {
    "bits": _flip, "cut": _truncate, "spliced": _splice, "streams": _swap_streams, "xref": _break_xref,
    "fonts": _lose_fonts, "pages": _repeat_pages, "numbers": _odd_numbers, "drawing": _rewrite_content,
}  # fmt: skip


def mutants(originals: Sequence[bytes], count: int, seed: int = 20210) -> list[tuple[str, bytes]]:
    """`count` damaged files, the kinds of damage in turn, each with its name; the same for the same seed."""
    out = []
    kinds = list(MUTATORS)
    for i in range(count):
        rng = Random(f"{seed}-{i}")
        kind = kinds[i % len(kinds)]
        data, other = rng.choice(originals), rng.choice(originals)
        for _ in range(1 + (rng.random() < 0.2)):
            data = MUTATORS[kind](data, other, rng)
        out.append((f"{i:04d}-{kind}", data))
    return out
