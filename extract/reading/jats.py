"""A JATS XML (PubMed Central and most publishers) becomes a SourceText, without boxes.

The order is that of a PDF's text: title, abstract, body, captions, tables, footnotes, back matter, references.
Citations (xref to a bibliography entry) are taken out of the running text where they are superscripts and stay
where they stand in brackets; both are listed in `citations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from extract.document import Citation, PageWarning, Section, SourceText
from extract.errors import Code, ReadingError
from extract.reading.headings import canonical, case_label
from extract.reading.jats_tables import table_rows

#: lifted out of the running text
_FLOATS = {
    "fig",
    "table-wrap",
    "boxed-text",
    "supplementary-material",
    "fn",
    "fn-group",
    "fig-group",
    "table-wrap-group",
}
#: never text
_DROPPED = {
    "strike",
    "object-id",
    "label-alternatives",
    "graphic",
    "media",
    "tex-math",
    "alternatives-hidden",
    "contrib-id",
}
_BLOCKS = {"p", "title", "list-item", "disp-quote", "def", "term", "disp-formula", "verse-line", "attrib", "td", "th"}


class _Writer:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.length = 0
        self.sections: list[Section] = []
        self.citations: list[Citation] = []

    def add(self, text: str) -> None:
        if text:
            self.text.append(text)
            self.length += len(text)

    def ends_in_space(self) -> bool:
        return not self.text or self.text[-1][-1:].isspace()

    def paragraph_break(self) -> None:
        while self.text and self.text[-1].endswith(" "):
            last = self.text.pop()
            kept = last.rstrip(" ")
            self.length -= len(last) - len(kept)
            if kept:
                self.text.append(kept)
        if self.length and not (self.text and self.text[-1].endswith("\n\n")):
            self.add("\n\n")

    def inline(self, text: str | None) -> None:
        if not text:
            return
        text = re.sub(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+", " ", text)
        text = text.replace("\u00ad", "").replace("\u2010", "-").replace("\u2011", "-").replace("\ufeff", "")
        if text[:1] == " " and self.ends_in_space():
            text = text[1:]
        self.add(text)


def read_jats(path: Path) -> SourceText:
    """Read a JATS article.

    Raises:
        ReadingError: BAD_XML when it is no XML, or XML of another kind.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError(
            Code.BAD_XML, f"it is not well-formed XML ({str(error)[:100]})", file=path, mend="fetch it again"
        ) from error
    articles = _articles(root)
    if not articles:
        raise ReadingError(
            Code.BAD_XML, f"it is XML, but not a JATS article (its root is <{_tag(root)}>)", file=path,
            mend="give a JATS file, such as PubMed Central offers, or the PDF",
        )  # fmt: skip
    return _source(articles[0], _warnings(articles))


def _warnings(articles: Sequence[etree._Element]) -> tuple[PageWarning, ...]:
    warnings = []
    if len(articles) > 1:
        warnings.append(
            PageWarning(
                0,
                f"only the first of {len(articles)} articles in the file was read: `casesift unpack` gives each a file of its own",
            )
        )
    struck = sum(1 for _ in articles[0].iter("{*}strike"))
    if struck:
        warnings.append(PageWarning(0, f"{struck} struck out passage{'s' * (struck > 1)} not read as text"))
    return tuple(warnings)


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _articles(root: etree._Element) -> list[etree._Element]:
    """The articles in a file, one or a set of them (an OAI answer, an article set); not those within an article."""
    if _tag(root) == "article":
        return [root]
    every = [n for n in root.iter() if _tag(n) == "article"]
    return [n for n in every if not any(_tag(a) == "article" for a in n.iterancestors())]


def _first(node: etree._Element, path: str) -> etree._Element | None:
    steps = "/".join(f"*[local-name()='{s}']" for s in path.split("/"))
    nodes = node.xpath(f".//{steps}")
    return nodes[0] if nodes else None


def _words(node: etree._Element | None) -> str:
    if node is None:
        return ""
    writer = _Writer()
    _inline(node, writer, keep_floats=True)
    return "".join(writer.text).strip()


def _source(article: etree._Element, warnings: tuple[PageWarning, ...]) -> SourceText:
    front, body, back = (_first(article, t) for t in ("front", "body", "back"))
    writer = _Writer()
    title = _words(_first(article, "article-meta/title-group/article-title"))
    floats: list[etree._Element] = []
    if title:
        _section(writer, "title", title)
    if front is not None:
        _front(front, writer, floats)
    if body is not None:
        _sections(body, writer, floats, "body")
    for group in (n for n in article if _tag(n) == "floats-group"):
        floats.extend(n for n in group if _tag(n) in _FLOATS)
    for name in ("caption", "table", "footnote"):
        feet = [foot for f in floats for foot in f.iter("{*}table-wrap-foot")] if name == "footnote" else []
        _floats(writer, [*(f for f in floats if _kind(f) == name), *feet], name)
    if back is not None:
        for node in back:
            if _tag(node) != "ref-list":
                start = _open(writer)
                _blocks(node, writer, [], keep_floats=True)
                _close(writer, "back", start)
    for refs in article.iter("{*}ref-list"):
        _references(refs, writer)
    text = "".join(writer.text).rstrip()
    sections = [Section(s.name, s.start, min(s.end, len(text)), s.heading, s.case) for s in writer.sections]
    return SourceText(
        text, "jats", tuple(sections), citations=tuple(writer.citations), warnings=warnings, title=title,
        **_metadata(article),
    )  # fmt: skip


def _front(front: etree._Element, writer: _Writer, floats: list[etree._Element]) -> None:
    """Abstracts and keywords."""
    for abstract in front.iter("{*}abstract"):
        if abstract.get("abstract-type") not in ("graphical", "teaser"):
            start = _open(writer)
            _blocks(abstract, writer, floats)
            _close(writer, "abstract", start)
    words = [_words(k) for k in front.iter("{*}kwd")]
    if words:
        _section(writer, "keywords", "Keywords: " + "; ".join(w for w in words if w))


def _references(refs: etree._Element, writer: _Writer) -> None:
    start = _open(writer)
    heading = _first(refs, "title")
    writer.inline(_words(heading) if heading is not None else "References")
    writer.paragraph_break()
    for ref in refs.iter("{*}ref"):
        writer.inline(" ".join(" ".join(ref.itertext()).split()))
        writer.paragraph_break()
    _close(writer, "references", start)


def _metadata(article: etree._Element) -> dict[str, Any]:
    """The keyword arguments `doi`, `pmid`, `journal` and `year` of a SourceText."""
    ids = {n.get("pub-id-type", ""): (n.text or "").strip() for n in article.iter("{*}article-id")}
    dates = (y.text or "" for date in article.iter("{*}pub-date") for y in date.iter("{*}year"))
    years = [int(year) for year in dates if year.strip().isdigit()]
    journal = _words(_first(article, "journal-meta/journal-title-group/journal-title")) or _words(
        _first(article, "journal-meta/journal-title")
    )
    return {
        "doi": ids.get("doi", "").lower(), "pmid": ids.get("pmid", ""), "journal": journal,
        "year": min(years) if years else None,
    }  # fmt: skip


def _open(writer: _Writer) -> int:
    writer.paragraph_break()
    return writer.length


def _close(writer: _Writer, name: str, start: int, heading: str = "", case: str = "") -> None:
    end = len("".join(writer.text).rstrip())
    if end > start:
        writer.sections.append(Section(name, start, end, heading, case))


def _section(writer: _Writer, name: str, text: str) -> None:
    start = _open(writer)
    writer.inline(text)
    _close(writer, name, start)


def _kind(node: etree._Element) -> str:
    tag = _tag(node)
    if tag.startswith("table"):
        return "table"
    return "footnote" if tag.startswith("fn") else "caption"


def _sections(node: etree._Element, writer: _Writer, floats: list[etree._Element], inherited: str) -> None:
    """Write a body or sec: loose paragraphs, then the secs in it, each a Section under its canonical name."""
    start = _open(writer)
    heading = case = ""
    name = inherited
    if _tag(node) == "sec":
        title = next((c for c in node if _tag(c) == "title"), None)
        heading = _words(title)
        label = case_label(heading)
        name = canonical(heading) or ("case" if label else inherited)
        case = label
        writer.inline(heading)
        writer.paragraph_break()
    for child in node:
        tag = _tag(child)
        if tag == "sec":
            _close(writer, name, start, heading, case)
            _sections(child, writer, floats, name)
            start, heading = _open(writer), ""
        elif tag not in ("title", "label", "sec-meta"):
            _blocks(child, writer, floats)
    _close(writer, name, start, heading, case)


def _blocks(node: etree._Element, writer: _Writer, floats: list[etree._Element], *, keep_floats: bool = False) -> None:
    """Write an element's paragraphs, each on its own."""
    tag = _tag(node)
    if not tag or tag in _DROPPED or tag == "ref-list":
        return
    if tag in _FLOATS and not keep_floats:
        floats.append(node)
        return
    inner = [
        c for c in node if _tag(c) in _BLOCKS | {"sec", "list", "def-list", "ack", "app", "notes", "glossary"} | _FLOATS
    ]
    if tag in _BLOCKS or not inner:
        _inline(node, writer, floats, keep_floats=keep_floats)
        writer.paragraph_break()
        return
    for child in node:
        _blocks(child, writer, floats, keep_floats=keep_floats)


def _inline(
    node: etree._Element, writer: _Writer, floats: list[etree._Element] | None = None, *, keep_floats: bool = False
) -> None:
    writer.inline(node.text)
    for child in node:
        tag = _tag(child)
        if tag == "xref" and child.get("ref-type") == "bibr":
            _citation(child, writer)
        elif tag == "sup":
            _superscript(child, writer, floats)
        elif tag in _FLOATS and not keep_floats:
            if floats is not None:
                floats.append(child)
        elif tag in ("break", "list", "list-item", "p") and writer.length:
            if not writer.ends_in_space():
                writer.inline(" ")
            _inline(child, writer, floats, keep_floats=keep_floats)
            if tag != "break" and not writer.ends_in_space():
                writer.inline(" ")
        elif tag and tag not in _DROPPED:
            _inline(child, writer, floats, keep_floats=keep_floats)
        writer.inline(child.tail)


def _citation(node: etree._Element, writer: _Writer) -> None:
    text = " ".join("".join(node.itertext()).split())
    raised = any(_tag(a) == "sup" for a in node.iterancestors()) or any(_tag(c) == "sup" for c in node)
    writer.citations.append(Citation(writer.length, text, lifted=raised))
    if not raised:
        writer.inline(text)


def _superscript(node: etree._Element, writer: _Writer, floats: list[etree._Element] | None) -> None:
    cites = [c for c in node.iter() if _tag(c) == "xref" and c.get("ref-type") == "bibr"]
    if cites:
        text = "".join(node.itertext()).strip()
        writer.citations.append(Citation(writer.length, " ".join(text.split()), lifted=True))
        return
    before = "".join(writer.text[-3:])[-8:]
    text = "".join(node.itertext())
    if re.search(r"(?:^|[^\d.])10$", before) and re.fullmatch(r"\s*[-−–+]?\d{1,2}\s*", text):
        writer.add("^")
    _inline(node, writer, floats)


def _floats(writer: _Writer, nodes: list[etree._Element], name: str) -> None:
    if not nodes:
        return
    start = _open(writer)
    for node in nodes:
        for paragraph in _float_paragraphs(node):
            writer.inline(paragraph)
            writer.paragraph_break()
    _close(writer, name, start)


def _float_paragraphs(node: etree._Element) -> Iterator[str]:
    label = next((_words(c) for c in node if _tag(c) == "label"), "")
    caption = _words(next((c for c in node if _tag(c) == "caption"), None))
    head = " ".join(t for t in (label + ("." if label and not label.endswith((".", ":")) else ""), caption) if t)
    if head:
        yield head
    tables = list(node.iter("{*}table"))
    for table in tables:
        yield from table_rows(table, _words)
    if (not tables and _kind(node) != "caption") or _tag(node) == "boxed-text":
        body = _words(node)
        if body and body != head:
            yield body
