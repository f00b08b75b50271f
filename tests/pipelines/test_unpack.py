"""Packages of papers, as PubMed Central and others give them, become a file a paper; what a run then reads is as it was in them."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from extract.reading import read

ARTICLE = """<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title-group>
<journal-title>Journal of Small Cases</journal-title></journal-title-group></journal-meta><article-meta>{ids}
<title-group><article-title>{title}</article-title></title-group></article-meta></front>
<body><sec><title>Case report</title><p>A 40-year-old man was given {drug} 10 mg daily.</p></sec></body></article>"""


def article(title, drug, **ids):
    ids = "".join(f'<article-id pub-id-type="{kind}">{value}</article-id>' for kind, value in ids.items())
    return ARTICLE.format(title=title, drug=drug, ids=ids)


def tar(path: Path, members: dict[str, bytes | str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            content = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_an_article_set_becomes_a_file_an_article_and_each_is_read_whole(casesift, tmp_path, out):
    one, two = article("Hives", "cetirizine", pmcid="PMC11"), article("Gout", "colchicine", pmc="12")
    (tmp_path / "set.xml").write_text(f"<pmc-articleset>{one}{two}</pmc-articleset>")
    told = casesift("unpack", tmp_path / "set.xml", "--to", tmp_path / "papers")
    assert (told.exit_code, told.stderr) == (0, f"casesift: 2 papers in {tmp_path / 'papers'}\n")
    assert names(tmp_path / "papers") == ["PMC11.xml", "PMC12.xml"]
    source = read(tmp_path / "papers" / "PMC12.xml")
    assert (source.title, source.journal, source.warnings) == ("Gout", "Journal of Small Cases", ())
    assert "given colchicine 10 mg" in source.text and "cetirizine" not in source.text


def test_the_warning_of_a_set_that_is_read_as_it_is_names_the_command(tmp_path):
    (tmp_path / "set.xml").write_text(f"<s>{article('A', 'urea')}{article('B', 'zinc')}</s>")
    (warning,) = read(tmp_path / "set.xml").warnings
    assert "only the first of 2 articles" in warning.message and "`casesift unpack`" in warning.message


def test_a_pmc_package_gives_its_jats_and_not_its_pdf_again(casesift, tmp_path):
    package = tar(
        tmp_path / "PMC7.tar.gz",
        {
            "PMC7/paper.nxml": article("Hives", "cetirizine", pmid="77"),
            "PMC7/paper.pdf": b"%PDF-1.4",
            "PMC7/g1.jpg": b"x",
        },
    )
    told = casesift("unpack", package, "--to", tmp_path / "papers")
    assert told.exit_code == 0
    assert told.stderr.splitlines() == [
        f"casesift: 1 paper in {tmp_path / 'papers'}", "casesift: left out: 1 .jpg, 1 .pdf",
    ]  # fmt: skip
    assert names(tmp_path / "papers") == ["pmid77.xml"]


def test_papers_without_jats_are_taken_as_pdf_and_a_zip_is_a_package_too(casesift, tmp_path):
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("a/Müller 2020.pdf", b"%PDF-1.4 a")
        archive.writestr("b/paper.xml", article("Gout", "colchicine", doi="10.1/x y"))
    told = casesift("unpack", tmp_path / "both.zip", "--to", tmp_path / "papers")
    assert told.exit_code == 0 and names(tmp_path / "papers") == ["10.1_x_y.xml", "M_ller_2020.pdf"]


def test_again_it_writes_nothing_and_a_paper_of_that_name_is_never_replaced(casesift, tmp_path):
    papers = tmp_path / "papers"
    package = tar(tmp_path / "PMC7.tgz", {"a.xml": article("Hives", "cetirizine", pmcid="PMC7")})
    casesift("unpack", package, "--to", papers)
    told = casesift("unpack", tmp_path, "--to", papers)
    assert told.stderr == f"casesift: 1 paper in {papers} (1 there already)\n"
    (papers / "PMC7.xml").write_text("corrected by hand")
    casesift("unpack", package, "--to", papers)
    assert (papers / "PMC7.xml").read_text() == "corrected by hand" and names(papers) == ["PMC7.xml", "PMC7_2.xml"]


def test_names_of_a_package_never_leave_the_folder(casesift, tmp_path):
    package = tar(
        tmp_path / "odd.tar.gz", {"../../outside.pdf": b"%PDF-1.4", "/etc/..pdf": b"%PDF", "x/.hidden.pdf": b"%"}
    )
    told = casesift("unpack", package, "--to", tmp_path / "in" / "papers")
    assert told.exit_code == 0
    assert names(tmp_path) == ["in", "odd.tar.gz"] and names(tmp_path / "in") == ["papers"]
    assert names(tmp_path / "in" / "papers") == ["outside.pdf"]


BIOC = {
    "source": "PMC", "documents": [{"id": "PMC99", "passages": [
        {"infons": {"type": "front", "section_type": "TITLE", "article-id_pmid": "99", "year": "2019", "kwd": "gout"}, "text": "Gout of the ear"},
        {"infons": {"type": "abstract", "section_type": "ABSTRACT"}, "text": "Gout is told of."},
        {"infons": {"type": "title_1", "section_type": "CASE"}, "text": "Case"},
        {"infons": {"type": "paragraph", "section_type": "CASE"}, "text": "A 40-year-old man had gout."},
        {"infons": {"type": "title_2", "section_type": "CASE"}, "text": "Therapy"},
        {"infons": {"type": "paragraph", "section_type": "CASE"}, "text": "He was given colchicine 0.5 mg twice daily."},
        {"infons": {"type": "paragraph", "section_type": "DISCUSS"}, "text": "Others were given allopurinol."},
        {"infons": {"type": "fig_caption", "section_type": "FIG"}, "text": "The ear."},
        {"infons": {"type": "table", "section_type": "TABLE", "xml": "<table><tr><td>Urate</td><td>9</td></tr></table>"}, "text": "Urate 9"},
        {"infons": {"type": "ref", "section_type": "REF"}, "text": "A paper on probenecid."},
    ]}],
}  # fmt: skip


def bioc_xml() -> str:
    (document,) = BIOC["documents"]
    passages = "".join(
        "<passage>" + "".join(f'<infon key="{k}">{v.replace("<", "&lt;")}</infon>' for k, v in p["infons"].items())
        + f"<text>{p['text']}</text></passage>" for p in document["passages"]
    )  # fmt: skip
    return f"<collection><source>PMC</source><document><id>{document['id']}</id>{passages}</document></collection>"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", json.dumps(BIOC)), ("list.json", json.dumps([BIOC])), ("a.xml", bioc_xml())],
)
def test_bioc_keeps_its_parts_its_headings_within_headings_and_its_table(casesift, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    told = casesift("unpack", tmp_path / name, "--to", tmp_path / "papers")
    assert told.exit_code == 0 and names(tmp_path / "papers") == ["pmid99.xml"]
    source = read(tmp_path / "papers" / "pmid99.xml")
    assert (source.title, source.pmid, source.year) == ("Gout of the ear", "99", 2019)
    where = {s: source.section_at(source.text.index(words)).name for s, words in {
        "abstract": "is told of", "case": "colchicine", "discussion": "allopurinol", "caption": "The ear", "table": "Urate",
        "references": "probenecid", "keywords": "Keywords: gout",
    }.items()}  # fmt: skip
    assert all(told == name for name, told in where.items()), where


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.tar.gz", b"\x1f\x8bno", "it is damaged"), ("a.zip", b"PKno", "it is damaged"),
        ("a.xml", b"<open>", "not well-formed XML"), ("a.json", b"{", "not well-formed JSON"),
        ("b.xml", b"<note/>", "it is not a JATS article"), ("b.json", b'{"documents": 3}', "it is not a BioC collection"),
        ("a.docx", b"PK", "it is no package of papers; known are .tar.gz"),
    ],
)  # fmt: skip
def test_what_cannot_be_unpacked_is_told_in_a_line_and_costs_no_other_its_papers(
    casesift, tmp_path, name, content, why
):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.xml").write_text(article("Hives", "cetirizine"))
    told = casesift("unpack", tmp_path / name, tmp_path / "good.xml", "--to", tmp_path / "papers")
    assert told.exit_code == 1 and names(tmp_path / "papers") == ["good.xml"]
    assert told.stderr.count("\n") == 2 and why in told.stderr.splitlines()[0] and name in told.stderr.splitlines()[0]


def test_nothing_to_unpack_is_a_mistake_of_the_command(casesift, tmp_path):
    told = casesift("unpack", tmp_path / "nix.tar.gz", "--to", tmp_path / "papers")
    assert told.exit_code == 2 and "no such file or folder" in told.stderr and not (tmp_path / "papers").exists()


def test_a_run_names_the_packages_it_leaves_out(casesift, tmp_path, out):
    (tmp_path / "in").mkdir()
    tar(tmp_path / "in" / "PMC7.tar.gz", {"a.xml": article("Hives", "cetirizine")})
    told = casesift("run", tmp_path / "in", "--out", out)
    assert "left out: 1 .tar.gz (packages of papers: see `casesift unpack`)\n" in told.stderr
