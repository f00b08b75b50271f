"""BioC (Comeau 2013), as PubMed Central and Europe PMC's partners give papers in JSON or XML, becomes JATS.

In: a BioC collection. Out: `<article>` elements with what the reader of JATS knows: identifiers, title, abstract, sections under
their headings, captions, tables, references. What a passage is stands in its infons: `type` ("title_1", "paragraph",
"table") and `section_type` ("CASE", "DISCUSS"), both as PMC's service writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree
from lxml.builder import E

#: infons of a title passage that are identifiers, and JATS's word for each
_IDENTIFIERS = {
    "article-id_pmc": "pmcid", "article-id_pmid": "pmid", "article-id_doi": "doi",
    "article-id_publisher-id": "publisher-id",
}  # fmt: skip
#: `section_type` of passages that belong to the paper's back matter
_BACK = {"ACK_FUND", "AUTH_CONT", "COMP_INT", "SUPPL", "ABBR", "APPENDIX", "REVIEW_INFO"}
#: the heading a part gets that begins without one
_UNHEADED = {
    "INTRO": "Introduction", "CASE": "Case report", "METHODS": "Methods", "RESULTS": "Results", "DISCUSS": "Discussion",
    "CONCL": "Conclusion",
}  # fmt: skip

Passage = tuple[Mapping[str, str], str]


def from_bioc_json(content: bytes) -> Iterator[etree._Element]:
    """The articles of a BioC-JSON file, which holds a collection or a list of them; none when it is JSON of another kind.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not well-formed JSON ({str(error)[:100]})") from error
    for collection in told if isinstance(told, list) else [told]:
        documents = collection.get("documents") if isinstance(collection, dict) else None
        for document in documents if isinstance(documents, list) else []:
            yield _article(str(document.get("id", "")), list(_passages(document)))


def from_bioc_xml(root: etree._Element) -> Iterator[etree._Element]:
    """The articles of a BioC-XML collection."""
    for document in root.iter("document"):
        passages: list[Passage] = [
            ({i.get("key", ""): i.text or "" for i in p.findall("infon")}, p.findtext("text") or "")
            for p in document.iter("passage")
        ]
        yield _article(document.findtext("id") or "", passages)


def _passages(document: Mapping[str, Any]) -> Iterator[Passage]:
    for passage in document.get("passages") or ():
        infons = {str(k): str(v) for k, v in (passage.get("infons") or {}).items()}
        text = passage.get("text") or " ".join(str(s.get("text", "")) for s in passage.get("sentences") or ())
        yield infons, str(text)


def _article(identifier: str, passages: list[Passage]) -> etree._Element:
    front = next((infons for infons, _ in passages if _kind(infons) in ("front", "title")), {})
    ids = [
        E("article-id", _plain(front[key]), {"pub-id-type": kind})
        for key, kind in _IDENTIFIERS.items()
        if front.get(key)
    ]
    if not ids and identifier:
        kind = "pmcid" if identifier.upper().startswith("PMC") else "pmid" if identifier.isdigit() else "publisher-id"
        ids = [E("article-id", _plain(identifier), {"pub-id-type": kind})]
    title = next((text for infons, text in passages if _kind(infons) in ("front", "title")), "")
    meta = E("article-meta", *ids, E("title-group", E("article-title", _plain(title))))
    if year := front.get("year", ""):
        meta.append(E("pub-date", E("year", _plain(year))))
    if abstract := list(_abstract(passages)):
        meta.append(E("abstract", *abstract))
    if words := front.get("kwd", ""):
        meta.append(E("kwd-group", E("kwd", _plain(words))))
    back, floats, body = E("back"), E("floats-group"), _Body()
    for infons, text in passages:
        kind, part = _kind(infons), infons.get("section_type", "").upper()
        if not text.strip() or kind in ("front", "title") or part in ("TITLE", "ABSTRACT", "KEYWORD"):
            continue
        if part == "REF" or kind == "ref":
            _reference(back, text)
        elif kind.startswith(("fig", "table")):
            floats.append(_float(kind, infons, text))
        elif kind == "footnote":
            floats.append(E("fn", E("p", _plain(text))))
        elif part in _BACK:
            back.append(E("sec", E("title" if _heads(kind) else "p", _plain(text))))
        elif _heads(kind):
            body.heading(text, int(kind[-1]), part)
        else:
            body.paragraph(text, part)
    journal = front.get("journal-title") or front.get("journal") or ""
    journals = E("journal-meta", E("journal-title-group", E("journal-title", _plain(journal))))
    return E("article", E("front", *([journals] if journal else []), meta), body.root, back, floats)


class _Body:
    """The body as it grows: headings hold what follows, those of a lower level hold those of a higher one."""

    def __init__(self) -> None:
        self.root = E("body")
        self._open: list[tuple[int, etree._Element]] = [(0, self.root)]
        self._part = ""

    def heading(self, text: str, level: int, part: str) -> None:
        while self._open[-1][0] >= level:
            self._open.pop()
        section = E("sec", E("title", _plain(text)))
        self._open[-1][1].append(section)
        self._open.append((level, section))
        self._part = part

    def paragraph(self, text: str, part: str) -> None:
        if part != self._part and part in _UNHEADED:
            self.heading(_UNHEADED[part], 1, part)
        self._open[-1][1].append(E("p", _plain(text)))


def _kind(infons: Mapping[str, str]) -> str:
    return infons.get("type", "").casefold()


def _heads(kind: str) -> bool:
    """Whether a passage is a heading: "title_1", "title_2", "title_caption" is none."""
    return kind.startswith("title") and kind[-1:].isdigit()


def _abstract(passages: Iterable[Passage]) -> Iterator[etree._Element]:
    for infons, text in passages:
        if infons.get("section_type", "").upper() == "ABSTRACT" or _kind(infons).startswith("abstract"):
            yield E("title" if "title" in _kind(infons) else "p", _plain(text))


def _reference(back: etree._Element, text: str) -> None:
    refs = back.find("ref-list")
    if refs is None:
        refs = etree.SubElement(back, "ref-list")
        refs.append(E("title", "References"))
        if text.strip().casefold() == "references":
            return
    refs.append(E("ref", E("mixed-citation", _plain(text))))


def _float(kind: str, infons: Mapping[str, str], text: str) -> etree._Element:
    """A caption, or a table: its cells stand in the infon `xml`, and where they do not in the text, apart by tabs."""
    if kind.startswith("fig"):
        return E("fig", E("caption", E("p", _plain(text))))
    if "caption" in kind or "title" in kind:
        return E("table-wrap", E("caption", E("p", _plain(text))))
    if "foot" in kind:
        return E("table-wrap", E("table-wrap-foot", E("p", _plain(text))))
    return E("table-wrap", _table(infons.get("xml", "")) or _tabbed(text))


def _table(markup: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False)
    try:
        root = etree.fromstring(markup.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root.tag == "table" else root.find(".//table")


def _tabbed(text: str) -> etree._Element:
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    return E("table", E("tbody", *(E("tr", *(E("td", _plain(cell.strip())) for cell in cells)) for cells in lines)))


def _plain(text: str) -> str:
    """Text without what XML cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or (c >= "\x20" and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
