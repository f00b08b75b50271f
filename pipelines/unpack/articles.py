"""An XML file with several articles (an article set, an answer of an OAI server, a BioC collection) becomes one JATS file each.

In: the bytes of an XML file. Out: `Article`s: a name taken from the identifiers the article tells, and its bytes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from pipelines.unpack.bioc import from_bioc_xml

#: kinds of `article-id` a name is made from, the first that is told
_IDS = ("pmcid", "pmc", "pmcaid", "pmid", "doi", "publisher-id")


@dataclass(frozen=True, slots=True)
class Article:
    """One paper: `name` without an ending, "" where it tells no identifier; `suffix` with its dot."""

    name: str
    content: bytes
    suffix: str = ".xml"


def articles_of(content: bytes) -> Iterator[Article]:
    """Each article of an XML file, those within an article left in it; none when it is XML of another kind.

    Raises:
        ValueError: it is no well-formed XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"it is not well-formed XML ({str(error)[:100]})") from error
    if tag(root) == "collection":
        root = etree.Element("set")
        root.extend(from_bioc_xml(etree.fromstring(content, parser)))
    yield from (as_file(article) for article in _outermost(root))


def as_file(article: etree._Element) -> Article:
    """An article as a file of its own."""
    _name_entities(article)
    content = etree.tostring(article, encoding="utf-8", xml_declaration=True, with_tail=False)
    return Article(_name_of(article), content)


def tag(node: etree._Element) -> str:
    """An element's name without its namespace; "" for comments and the like."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def file_name(text: str) -> str:
    """A name no file system minds: letters, digits, hyphen, dot and underscore; never hidden, never a path."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text).strip("._-")[:100]


def _outermost(root: etree._Element) -> Iterator[etree._Element]:
    if tag(root) == "article":
        yield root
        return
    for child in root:
        yield from _outermost(child)


def _name_of(article: etree._Element) -> str:
    own = (n for n in article.iter("{*}article-id") if not _within(n, ("sub-article", "response", "ref")))
    told = {n.get("pub-id-type", ""): " ".join("".join(n.itertext()).split()) for n in own}
    kind = next((k for k in _IDS if told.get(k)), "")
    text = told.get(kind, "")
    if kind in ("pmc", "pmcid", "pmcaid") and text.isdigit():
        text = f"PMC{text}"
    return file_name(f"pmid{text}" if kind == "pmid" else text)


def _within(node: etree._Element, names: Iterable[str]) -> bool:
    return any(tag(above) in names for above in node.iterancestors())


def _name_entities(article: etree._Element) -> None:
    """A reference to an entity that only the lost document type declares becomes the character, or is left out."""
    for node in list(article.iter(etree.Entity)):
        parent, before = node.getparent(), node.getprevious()
        character = html.unescape(node.text or "")
        text = ("" if character.startswith("&") else character) + (node.tail or "")
        node.tail = None
        if before is not None:
            before.tail = (before.tail or "") + text
        else:
            parent.text = (parent.text or "") + text
        parent.remove(node)
