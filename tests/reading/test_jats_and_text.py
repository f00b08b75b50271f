"""JATS XML and plain text become the same SourceText as a PDF, without boxes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.reading import read

JATS = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) 1.2//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front>
<journal-meta><journal-title-group><journal-title>Journal of Garden Medicine</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">12345678</article-id><article-id pub-id-type="doi">10.5555/GARDEN.7</article-id>
<title-group><article-title>Burning hands after <italic>Ficus carica</italic></article-title></title-group>
<pub-date pub-type="epub"><year>2021</year></pub-date>
<abstract><p>A gardener had a rash.</p></abstract><kwd-group><kwd>rash</kwd><kwd>fig</kwd></kwd-group></article-meta></front>
<body><sec><title>1. Introduction</title><p>Figs burn<sup><xref ref-type="bibr" rid="b1">1,2</xref></sup> the skin
[<xref ref-type="bibr" rid="b3">3</xref>].</p></sec>
<sec><title>2. Case Reports</title><sec><title>2.1. Case 1</title>
<p>She took prednisone 30&#x2009;mg daily<fig id="f1"><label>Figure 1</label><caption><p>Blisters.</p></caption></fig> for ten days. The
count was 3 &#xd7; 10<sup>9</sup>/L and the area 4 cm<sup>2</sup>.</p>
<table-wrap><label>Table 1</label><caption><p>Drugs.</p></caption><table><thead><tr><th>Drug</th><th>Dose</th></tr></thead>
<tbody><tr><td>rifampicin</td><td>450 mg b.i.d.</td></tr></tbody></table></table-wrap></sec>
<sec><title>2.2. Case 2</title><p>He took nothing.</p></sec></sec></body>
<back><ack><p>We thank the patient.</p></ack><ref-list><title>References</title><ref id="b1"><label>1</label>
<mixed-citation>A. Wirth, Skin, 2001.</mixed-citation></ref></ref-list></back></article>"""


def test_jats(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(JATS, encoding="utf-8")
    source = read(path)
    assert (source.kind, source.title, source.doi, source.pmid, source.journal, source.year) == (
        "jats", "Burning hands after Ficus carica", "10.5555/garden.7", "12345678", "Journal of Garden Medicine", 2021,
    )  # fmt: skip
    assert "Figs burn the skin [3]." in source.text
    assert "prednisone 30 mg daily for ten days. The count was 3 × 10^9/L and the area 4 cm2." in source.text
    assert "Drug: rifampicin; Dose: 450 mg b.i.d." in source.text
    lifted = [c for c in source.citations if c.lifted]
    assert [(c.text, source.text[c.offset - 4 : c.offset]) for c in lifted] == [("1,2", "burn")]
    assert [(s.name, s.case) for s in source.sections if s.heading] == [
        ("introduction", ""), ("case", ""), ("case", "1"), ("case", "2"),
    ]  # fmt: skip
    names = [s.name for s in source.sections]
    assert names[0] == "title" and names[-1] == "references" and names.index("caption") < names.index("back")
    for s in source.sections:
        assert 0 <= s.start < s.end <= len(source.text)
        assert source.text[s.start : s.end].startswith(s.heading)


def test_text_is_exactly_the_files_text(tmp_path: Path) -> None:
    text = "CASE REPORT\r\n\r\nA man of 40 took 5\u2009mg [1].\r\n\r\nDISCUSSION\r\n\r\nNone.\r\n"
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    source = read(path)
    assert source.text == text
    assert [(s.name, s.heading) for s in source.sections] == [("case", "CASE REPORT"), ("discussion", "DISCUSSION")]
    assert [c.text for c in source.citations] == ["[1]"]


def test_a_structured_abstract_in_one_paragraph_has_its_sections(tmp_path: Path) -> None:
    told = "Background: Warts are stubborn. Case: A man aged 50 took zinc. Note: it was cheap. Results: They went. Conclusion: Zinc may help.\n"
    path = tmp_path / "abstract.txt"
    path.write_text(told)
    source = read(path)
    assert [(s.name, source.text[s.start : s.end].strip()) for s in source.sections] == [
        ("introduction", "Background: Warts are stubborn."),
        ("case", "Case: A man aged 50 took zinc. Note: it was cheap."),
        ("results", "Results: They went."),
        ("conclusion", "Conclusion: Zinc may help."),
    ]


def test_a_soft_hyphen_is_seen_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("She took predni\u00adsone.", encoding="utf-8")
    assert read(path).text == "She took prednisone."


@given(
    st.text(min_size=1).filter(
        lambda t: t.strip() and "\0" not in t and not t.startswith("\ufeff") and t.strip("\u00ad \n")
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_text_is_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("utf-8"))
    source = read(path)
    assert source.text == text.replace("\u00ad", "")
    assert all(0 <= s.start < s.end <= len(text) for s in source.sections)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Fièvre à 39 °C".encode(encoding))
    source = read(path)
    assert source.text == "Fièvre à 39 °C"
    assert bool(source.warnings) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Urea in Eucerin for Sore Soles\n\nCase report\n\nA man came.\n", ["title", "case"]),
        ("Urea in Eucerin for Sore Soles\n\nA. Author\n\nCase report\n\nA man came.\n", ["title", "body", "case"]),
        ("Urea in Eucerin for Sore Soles\nA. Author\n\nCase report\n\nA man came.\n", ["body", "case"]),
        ("A man with sore soles came.\n\nDiscussion\n\nNothing.\n", ["body", "discussion"]),
        ("Urea in Eucerin for Sore Soles\n\nA man came.\n", ["body"]),
    ],
)
def test_a_title_that_stands_alone_before_the_headings_is_no_body(tmp_path: Path, text: str, names: list[str]) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    sections = read(tmp_path / "a.txt").sections
    assert [s.name for s in sections] == names
    assert [(a.end, b.start) for a, b in pairwise(sections)] == [(a.end, a.end) for a in sections[:-1]]
