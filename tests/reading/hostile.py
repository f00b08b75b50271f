"""PDFs made to break a reader: bombs, rings, absurd boxes. Each function gives the bytes of one."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

_TEXT = b"BT /F1 10 Tf 50 700 Td (A gardener with a burning rash came to the clinic.) Tj ET\n"
_HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(objects: Sequence[bytes]) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalog."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))


def stream(data: bytes, more: bytes = b"") -> bytes:
    """A stream object, packed."""
    packed = zlib.compress(data, 1)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), more, packed)


def page(content: bytes, *more: bytes, resources: bytes = b"", box: bytes = b"0 0 595 842", font: bytes = _HELVETICA,
         ready: bool = False) -> bytes:  # fmt: skip
    """A file of one page; `more` are objects from number 6 on; `ready`: the content is a stream object already."""
    return pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> >>"
        % (box, resources),
        content if ready else stream(content), font, *more,
    ])  # fmt: skip


def many_pages() -> bytes:
    """10,000 pages, each with a line."""
    count = 10_000
    kids = b" ".join(b"%d 0 R" % (k + 5) for k in range(count))
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
    return pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        stream(_TEXT), _HELVETICA, *[one] * count,
    ])  # fmt: skip


def ring_of_pages() -> bytes:
    """A tree of pages that leads back to its root."""
    return pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R 2 0 R 6 0 R] /Count 3 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(_TEXT), _HELVETICA, b"<< /Type /Pages /Kids [2 0 R 6 0 R 3 0 R] /Count 3 /Parent 6 0 R >>",
    ])  # fmt: skip


def deep_tree_of_pages() -> bytes:
    """5,000 knots of a tree above the one page."""
    knots = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (k + 3) for k in range(5000)]
    last = len(knots) + 2
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", *knots,
                b"<< /Type /Page /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << >> >>" % (last + 1),
                stream(_TEXT)])  # fmt: skip


def deep_arrays() -> bytes:
    """Arrays within arrays, 100,000 deep, in an object and in a page's drawing."""
    deep = b"[" * 100_000 + b"]" * 100_000
    return page(_TEXT + deep + b" TJ\n", deep, resources=b"/XObject 6 0 R")


def _form(content: bytes, names: bytes) -> bytes:
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> "
                           b"/XObject << %s >> >>" % names)  # fmt: skip


def form_draws_itself() -> bytes:
    """A form that draws itself, and two that draw each other."""
    return page(
        _TEXT + b"/A Do /B Do", _form(_TEXT + b"/A Do", b"/A 6 0 R"), _form(b"/C Do", b"/C 8 0 R"),
        _form(b"/B Do", b"/B 7 0 R"), resources=b"/XObject << /A 6 0 R /B 7 0 R >>",
    )  # fmt: skip


def forms_that_multiply() -> bytes:
    """Thirty forms, each drawing the next ten times: 10^30 lines of print."""
    forms = [_form(b"/N Do " * 10 if k < 29 else _TEXT, b"/N %d 0 R" % (k + 7)) for k in range(30)]
    return page(_TEXT + b"/N Do", *forms, resources=b"/XObject << /N 6 0 R >>")


def deep_forms() -> bytes:
    """A chain of 3,000 forms, one within the other."""
    forms = [_form(b"/N Do" if k < 2999 else _TEXT, b"/N %d 0 R" % (k + 7)) for k in range(3000)]
    return page(_TEXT + b"/N Do", *forms, resources=b"/XObject << /N 6 0 R >>")


def packed_blanks() -> bytes:
    """Two hundred megabytes of blanks packed twice into a few hundred bytes."""
    packer = zlib.compressobj(1)
    million = b" " * 1_000_000
    once = b"".join(packer.compress(million) for _ in range(200)) + packer.flush()
    twice = zlib.compress(once, 9)
    made = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(twice), twice)
    return page(made, ready=True)


def packed_operators() -> bytes:
    """Forty million drawing operators, packed."""
    return page(b"q Q " * 20_000_000)


def huge_picture() -> bytes:
    """A picture of 60,000 by 60,000 points that is not there."""
    picture = stream(b"\0" * 1000, b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB "
                                   b"/BitsPerComponent 8")  # fmt: skip
    return page(_TEXT + b"q 500 0 0 500 20 20 cm /I Do Q", picture, resources=b"/XObject << /I 6 0 R >>")


def million_characters() -> bytes:
    """A page of a million characters."""
    row = b"(" + b"burning rash " * 20 + b") Tj T*\n"
    return page(b"BT /F1 1 Tf 1 TL 0 842 Td\n" + row * 3846 + b"ET")


def endless_line() -> bytes:
    """Fifty thousand characters on one line without a gap."""
    return page(b"BT /F1 1 Tf 0 700 Td (" + b"x" * 50_000 + b") Tj ET")


def huge_box() -> bytes:
    """A page of a hundred million points."""
    return page(
        _TEXT + b"BT /F1 10 Tf 99999000 99999000 Td (far away) Tj ET", box=b"-100000000 -100000000 100000000 100000000"
    )


def nan_box() -> bytes:
    """A page box that is no numbers."""
    return page(_TEXT, box=b"/a null [1] 9" + b"9" * 400)


def empty_box() -> bytes:
    """A page without width."""
    return page(_TEXT, box=b"10 10 10 10")


def odd_sizes() -> bytes:
    """Type of no size, of a negative, and of one larger than the page."""
    return page(_TEXT + b"".join(
        b"BT /F1 %s Tf 1 0 0 1 50 %d Tm (itching at night) Tj ET\n" % (size, 600 - 20 * k)
        for k, size in enumerate((b"0", b"-9", b"1e9", b"1e-9", b"99999999999999999999999"))
    ) + b"1e300 0 0 1e300 0 0 cm BT /F1 12 Tf (blisters) Tj ET")  # fmt: skip


def font_without_map() -> bytes:
    """A composite font that does not tell which letters its glyphs are."""
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /Secret /Encoding /Identity-H /DescendantFonts [<< /Type /Font " \
           b"/Subtype /CIDFontType2 /BaseFont /Secret /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) " \
           b"/Supplement 0 >> >>] >>"  # fmt: skip
    codes = b"".join(b"BT /F1 10 Tf 50 %d Td <%s> Tj ET\n" % (
        700 - 14 * k, b"".join(b"%04X" % (40 + (7 * i + k) % 50) for i in range(60))) for k in range(20))  # fmt: skip
    return page(codes, font=font)


def ring_of_fonts() -> bytes:
    """A font that descends from itself and a map of letters that uses itself."""
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Ring /Encoding 6 0 R /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>"
    )
    return page(_TEXT, stream(b"/A usecmap 1 begincodespacerange <00> <FFFFFFFF> endcodespacerange 1 beginbfrange "
                              b"<00000000> <FFFFFFFF> <0041> endbfrange", b"/Type /CMap /UseCMap 6 0 R"),
                font=font)  # fmt: skip


def tiny_rules() -> bytes:
    """Forty thousand short rules and boxes under the line "Table 1", what a finder of tables could drown in."""
    marks = b"".join(b"%d %d m %d %d l S\n" % (30 + 70 * (k % 8), 20 + k // 8 % 700, 95 + 70 * (k % 8), 20 + k // 8 % 700)
                     for k in range(20_000))  # fmt: skip
    boxes = b"".join(b"%d %d 80 13 re S\n" % (k * 7 % 500, k * 13 % 700) for k in range(20_000))
    words = b"".join(b"BT /F1 5 Tf %d %d Td (dose) Tj ET\n" % (40 + k % 9 * 55, 30 + k // 9 * 7) for k in range(800))
    return page(b"BT /F1 9 Tf 40 740 Td (Table 1 Doses) Tj ET\n" + marks + boxes + words)


def many_tables() -> bytes:
    """Two thousand lines that begin "Table 1", each with a rule."""
    return page(b"".join(b"BT /F1 4 Tf %d %d Td (Table %d) Tj ET %d %d m %d %d l S\n" % (
        20 + 80 * (k % 7), 830 - 3 * (k // 7), k % 90 + 1, 20 + 80 * (k % 7), 829 - 3 * (k // 7),
        90 + 80 * (k % 7), 829 - 3 * (k // 7)) for k in range(1900)))  # fmt: skip


def scattered_words() -> bytes:
    """Thirty thousand single letters in no order, in six hundred sizes: what layout code can take too long over."""
    return page(b"".join(b"BT /F1 %.2f Tf %.1f %.1f Td (%c) Tj ET\n" % (
        2 + k % 600 / 100, k * 7919 % 5900 / 10, k * 104729 % 8400 / 10, 97 + k % 26) for k in range(30_000)))  # fmt: skip


def long_curve() -> bytes:
    """One path of half a million curves."""
    return page(_TEXT + b"10 10 m " + b"1 2 3 4 5 6 c " * 500_000 + b"S")


#: name -> maker of the bytes
HOSTILE: dict[str, Callable[[], bytes]] = {
    f.__name__: f
    for f in (
        many_pages, ring_of_pages, deep_tree_of_pages, deep_arrays, form_draws_itself, forms_that_multiply, deep_forms,
        packed_blanks, packed_operators, huge_picture, million_characters, endless_line, huge_box, nan_box, empty_box,
        odd_sizes, font_without_map, ring_of_fonts, tiny_rules, many_tables, scattered_words, long_curve,
    )
}  # fmt: skip
