"""Who may see the page, and what a paper may do to it: nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from lxml import html
from paper_extractor import PaperExtractor
from review_asker import HOST, TOKEN, Asker, Folder, asking, ids
from starlette.testclient import TestClient

from pipelines.review.app import create_app

HERE = {"origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = Folder(tmp_path_factory.mktemp("strange"))
    folder.reports.mkdir()
    (folder.reports / "a.txt").write_text("She took aspirin 75 mg.\n")
    folder.run()
    with TestClient(create_app(folder.out, token=TOKEN), base_url=f"http://{HOST}") as client:
        yield client


@pytest.fixture
def stranger(server: TestClient) -> TestClient:
    """Somebody who does not have the address with the token."""
    server.cookies.clear()
    return server


@pytest.mark.parametrize(
    "path", ["/", "/d/x", "/d/x/rows", "/d/x/page/1/700", "/static/review.js", "/d/x/form", "/none"]
)
@pytest.mark.parametrize("token", ["", "?token=wrong", "?token=", "?token=%ff"])
def test_without_the_token_nothing_is_told(stranger: TestClient, path: str, token: str) -> None:
    answer = stranger.get(path + token)
    assert answer.status_code == 403
    assert "open the address that it printed" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_wrong_cookie_is_no_token(stranger: TestClient) -> None:
    stranger.cookies.set("casesift-8765", "wrong")
    assert stranger.get("/").status_code == 403


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(stranger: TestClient) -> None:
    answer = stranger.get(f"/?show=all&token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?show=all")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert stranger.get("/").status_code == 200


def test_the_token_leads_nowhere_else(stranger: TestClient) -> None:
    answer = stranger.get(f"//evil.example/?token={TOKEN}", follow_redirects=False)
    assert not answer.headers.get("location", "/").startswith(("//", "http"))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example:8765", "10.0.0.1:8765", ""]
)
def test_a_name_that_points_here_is_not_answered(ask: Asker, host: str) -> None:
    assert ask.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"}, {"origin": f"https://{HOST}"}],
)  # fmt: skip
def test_only_our_own_page_may_decide(ask: Asker, folder: Folder, headers: dict[str, str]) -> None:
    doc_id = ids(folder)["a.txt"]
    body = {"who": "Mallory", "action": "reject", **ask.about(doc_id, "aspirin")}
    answer = ask.client.post(f"/d/{doc_id}/decide", json=body, headers=headers)
    assert answer.status_code == 403
    assert ask.rows(doc_id)["aspirin"]["state"] == "undecided"


def test_a_form_of_another_kind_or_too_large_is_refused(ask: Asker, folder: Folder) -> None:
    url = f"/d/{ids(folder)['a.txt']}/decide"
    assert ask.client.post(url, data={"action": "done"}, headers=HERE).status_code in (403, 415)
    assert (
        ask.client.post(url, content=b"{" * 2_000_000, headers=HERE | {"content-type": "application/json"}).status_code
        == 413
    )
    for bad in (b"[]", b"{", b"[" * 100_000, b'"x"'):
        answer = ask.client.post(url, content=bad, headers=HERE | {"content-type": "application/json"})
        assert (answer.status_code, answer.json()["errors"]) == (422, {"": "A JSON object is expected."})


def test_scripts_are_kept_by_browsers_under_an_address_that_changes_with_them(ask: Asker) -> None:
    page = html.fromstring(ask.get("/").text)
    (script,) = page.xpath("//script/@src")
    kept = ask.get(script)
    assert (kept.status_code, kept.headers["cache-control"]) == (200, "private, max-age=604800, immutable")
    assert re.fullmatch(r"/static/[0-9a-f]{12}/queue\.js", script)
    assert ask.get("/static/queue.js").headers["cache-control"] == "no-store"
    assert ask.get("/static/000000000000/queue.js").status_code == 404


def test_another_sites_page_may_not_embed_ours(ask: Asker) -> None:
    asked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert ask.get("/static/review.js", headers=asked).status_code == 403


def test_a_link_from_elsewhere_is_followed_from_a_page_of_ours(stranger: TestClient) -> None:
    clicked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    answer = stranger.get("/d/d1", headers=clicked)
    assert answer.status_code == 200 and 'http-equiv=refresh content="0"' in answer.text
    assert stranger.get("/d/d1", headers=clicked | {"sec-fetch-site": "same-origin"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/static/review.css", "/none", "/d/none"])
def test_nothing_from_outside_and_no_inline_script(ask: Asker, path: str) -> None:
    headers = ask.get(path).headers
    policy = headers["content-security-policy"]
    assert (
        "default-src 'none'" in policy
        and "script-src 'self'" in policy
        and "unsafe" not in policy
        and "http" not in policy
    )
    assert "frame-ancestors 'none'" in policy and headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
        "/static/....//app.py", "/d/..%2f..%2fetc%2fpasswd", "/d/../out/casesift.sqlite", "/d/x/page/1/..%2f..%2fcasesift.sqlite",
    ],
)  # fmt: skip
def test_no_way_out_of_the_folders(ask: Asker, path: str) -> None:
    answer = ask.get(path)
    assert answer.status_code == 404
    assert b"root:" not in answer.content and b"import" not in answer.content and b"SQLite" not in answer.content


def test_pages_that_are_not_there(ask_pdf: Asker, pdf_folder: Folder) -> None:
    doc = f"/d/{ids(pdf_folder)['hip-blocks.pdf']}"
    for page in ("page/0/700", "page/99/700", "page/1/701", "page/1/99999999"):
        assert ask_pdf.get(f"{doc}/{page}").status_code == 404
    assert ask_pdf.get(f"{doc}/page/1/700").status_code == 200


def test_scripts_in_a_paper_or_its_name_are_text(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "<script>alert(1)</script>"
    folder = Folder(tmp_path)
    folder.reports.mkdir()
    name = '"><img src=x onerror=alert(2)>&amp;.txt'
    (folder.reports / name).write_text(f"{evil} aspirin 75 mg and {evil}\n")
    folder.run(PaperExtractor(known=(evil.replace("(", r"\(").replace(")", r"\)"),)))
    for ask in asking(folder):
        doc_id = ids(folder)[name]
        ask.post(f"/d/{doc_id}/decide", {"action": "accept", "who": evil, "why": evil, **ask.about(doc_id, "aspirin")})
        row = ask.about(doc_id, "aspirin")["row"]
        for path in ("/", f"/?show=all&q={evil}&drug={evil}", f"/d/{doc_id}", f"/d/{doc_id}/rows", f"/d/{doc_id}/form?table=treatments&row={row}", f"/d/{evil}"):  # fmt: skip
            answer = ask.get(path, headers={"accept": "text/html"})
            assert answer.status_code in (200, 404)
            assert evil not in answer.text and "<img src=x" not in answer.text
        assert "&lt;script&gt;alert(1)" in ask.get(f"/d/{doc_id}").text
        assert "&lt;img src=x" in ask.get("/?show=all").text
        text = ask.get(f"/d/{doc_id}/text")
        assert text.headers["content-type"] == "application/json" and evil in text.json()["text"]
