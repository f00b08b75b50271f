"""Lines that begin a caption: "Figure 1", "TABLE II:", "Supplementary Fig. S3".

Told by wording, and where the wording could stand in a sentence by print: the label in a font or in capitals of its own.
"""

from __future__ import annotations

import re

from extract.reading.lines import Line

_CAPTION = re.compile(
    r"(?P<label>(?:suppl\w*\s+|extended\s+data\s+)?(?P<kind>fig(?:ure|s|\.)?|table|tab\.|scheme|chart|box|plate|image|panel|video|graph|algorithm)"
    r"(?:\s*[A-Z]?\d{1,3}[a-z]?|\s+(?-i:[IVX]{1,5}|[A-Z]))\b)(?P<rest>\s*[.:|–—-]|\s+|$)",
    re.IGNORECASE,
)


def caption_label(line: Line, *, strict: bool = False) -> str:
    """ "figure" or "table" when the line begins a caption, else "". `strict`: only when its print sets the label off."""
    text = line.text
    match = _CAPTION.match(text)
    if not match:
        return ""
    kind = "table" if match["kind"].lower().startswith("tab") else "figure"
    rest = match["rest"].strip()
    after = text[match.end() :].lstrip()
    length = len(match["label"].replace(" ", ""))
    glyphs = [g for w in line.words for g in w.glyphs]
    label_font = {g.font for g in glyphs[:length]}
    body = glyphs[length + 1 :]
    set_off = bool(body) and not (label_font & {g.font for g in body[:12]})
    if match["kind"].isupper() and len(match["kind"]) > 2 and not (after[:1].islower()):
        set_off = True
    if rest or set_off or not after:
        return kind
    return "" if strict or after[:1].islower() or after[:1] in "(,;)" else kind
