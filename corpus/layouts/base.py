"""What all journals share: front matter, running heads and feet, the drawing of finished pages."""

from __future__ import annotations

import random
from dataclasses import replace
from io import BytesIO
from typing import Any, ClassVar

from press.markup import Block, Report
from press.pages import Flow, Frame, Item, Mark, Page, Sheet, box, gap, items, line_items, stack, table
from press.typeset import Type, lines
from reportlab.lib import pagesizes, pdfencrypt
from reportlab.pdfgen.canvas import Canvas

SIZES = {"A4": pagesizes.A4, "letter": pagesizes.letter}


class Layout:
    """A journal: types, columns, heads. Subclasses set the class variables and override what differs."""

    size: ClassVar[str] = "A4"
    columns: ClassVar[int] = 2
    gutter: ClassVar[float] = 18.0
    margins: ClassVar[tuple[float, float, float, float]] = (66.0, 56.0, 64.0, 56.0)  # top, right, bottom, left
    colour: ClassVar[str] = "#1f3d5c"
    body: ClassVar[Type] = Type("times", 10.2, 12.6, indent=10)
    sans: ClassVar[str] = "helvetica"
    abstract_across: ClassVar[bool] = False

    def __init__(self, report: Report) -> None:
        self.report, self.meta = report, report.meta
        self.options: dict[str, Any] = report.meta.get("options", {})
        self.width, self.height = SIZES[self.size]
        self.type = replace(self.body, hyphens=bool(self.options.get("hyphens", self.body.hyphens)))

    # what a journal looks like -----------------------------------------------------------------------------------
    def sheet(self) -> Sheet:
        t = self.type
        small = replace(
            t, family=self.sans, size=t.size - 2, leading=t.leading - 2.4, indent=0.0, before=0.0, align="left"
        )
        return Sheet(
            body=t,
            heading=replace(
                t,
                family=self.sans,
                size=t.size + 1.2,
                leading=t.leading + 2,
                weight="bold",
                align="left",
                indent=0,
                before=9,
                after=3,
                colour=self.colour,
            ),
            subheading=replace(
                t, size=t.size + 0.3, weight="italic", align="left", indent=0, before=6, after=2, hyphens=False
            ),
            caption=replace(small, size=t.size - 1.5),
            reference=replace(t, size=t.size - 2, leading=t.leading - 2.2, indent=0, hang=12, before=0, hyphens=False),
            cell=replace(small, hyphens=False),
            box=replace(small, size=t.size - 1.3, leading=t.leading - 1.6),
            rule=self.colour,
        )

    def frames(self, number: int) -> list[Frame]:
        top, right, bottom, left = self.margins
        across = (self.width - left - right - self.gutter * (self.columns - 1)) / self.columns
        return [
            Frame(left + i * (across + self.gutter), self.height - top, across, bottom) for i in range(self.columns)
        ]

    def measure(self) -> float:
        """The width of all columns together."""
        return self.width - self.margins[1] - self.margins[3]

    def front(self) -> list[Item]:
        """Title, authors, affiliations, dates; across the page."""
        t, m, wide = self.type, self.meta, self.measure()
        head = replace(t, family=self.sans, align="left", indent=0, before=0, hyphens=False)
        out = line_items(
            lines(
                m.get("kind", "Case Report"), replace(head, size=9, leading=13, weight="bold", colour=self.colour), wide
            )
        )
        out += [*line_items(lines(m["title"], replace(head, size=17, leading=20, weight="bold"), wide)), gap(6)]
        out += [*line_items(lines(", ".join(m["authors"]), replace(head, size=10, leading=13), wide)), gap(2)]
        for place in m["affiliations"]:
            out += line_items(lines(place, replace(head, size=7.5, leading=9.5, weight="italic"), wide))
        dates = f"Correspondence to {m['authors'][0].split('^')[0]}. {m['dates']} doi: {m['doi']}"
        return [*out, *line_items(lines(dates, replace(head, size=7.5, leading=9.5), wide)), gap(10)]

    def abstract(self, blocks: list[Block], wide: float) -> list[Item]:
        """The abstract set across the page, in a shaded box."""
        t = replace(self.sheet().box, align="justify")
        keywords = Block("para", f"**Keywords:** {', '.join(self.meta.get('keywords', []))}")
        sheet = replace(self.sheet(), box=t)
        return [box(Block("sidebar", "Abstract", inside=[*blocks, keywords]), sheet, wide, float=False)]

    def furniture(self, number: int, pages: int) -> list[Mark]:
        """Running head and foot."""
        m, top, left, right = self.meta, self.height - 40, self.margins[3], self.width - self.margins[1]
        page = m.get("first_page", 1) + number - 1

        def text(words: str, where: str, x: float, y: float, kind: str) -> Mark:
            def draw(c: Any, a: float, b: float) -> None:
                c.setFillColor("#444444")
                c.setFont("Helvetica", 7.5)
                {"left": c.drawString, "right": c.drawRightString, "center": c.drawCentredString}[where](a, b, words)

            return Mark(draw, x, y, kind)

        def rule(c: Any, a: float, b: float) -> None:
            c.setStrokeColor(self.colour)
            c.setLineWidth(0.6)
            c.line(left, b, right, b)

        out = [Mark(rule, left, top - 5, "head"), text(m["journal"], "left", left, top, "head")]
        out.append(text(m["issue"] if number % 2 else m["running"], "right", right, top, "head"))
        out.append(
            text(
                m.get("foot", "Fictional report: patients, authors and journal do not exist."), "left", left, 34, "foot"
            )
        )
        return [*out, text(str(page), "right", right, 34, "foot")]

    # putting it together -----------------------------------------------------------------------------------------
    def pages(self) -> list[Page]:
        """All pages with their marks."""
        abstract, rest = self.report.split_abstract()
        front = self.front()
        if self.abstract_across:
            front += self.abstract(abstract, self.measure())
        else:
            rest = [Block("heading", "Abstract", level=1), *abstract, *rest]
        tall, marks = stack(front)
        first = [replace(f, top=f.top - tall) for f in self.frames(1)]
        flow = Flow(self.frames, first)
        flow.pages[0].marks += marks(first[0].x, self.frames(1)[0].top)
        self.fill(flow, rest)
        for i, page in enumerate(flow.pages):
            if not page.rotate:
                page.marks = self.arrange(page.marks, i)
                page.marks += self.furniture(i + 1, len(flow.pages))
        return flow.pages

    def fill(self, flow: Flow, blocks: list[Block]) -> None:
        """The running text into the flow; wide tables and turned pages on their own."""
        turned: list[Block] = []
        stream: list[Block] = []
        for b in blocks:
            if b.kind == "table" and "turned" in b.options:
                turned.append(b)
            elif b.kind == "table" and "wide" in b.options:
                flow.run(items(stream, self.sheet(), flow.now[0].width))
                stream = []
                flow.wide.append(table(b, self.sheet(), self.measure()))
            else:
                stream.append(b)
        flow.run(items(stream, self.sheet(), flow.now[0].width))
        flow.balance()
        for b in turned:
            page = Page(rotate=90)
            wide = self.height - 120
            page.marks += table(b, self.sheet(), wide).marks(60, self.width - 70)
            at = min(int(self.options.get("turned_page", 2)) - 1, len(flow.pages))
            flow.pages.insert(at, page)

    def arrange(self, marks: list[Mark], number: int) -> list[Mark]:
        """The order in which a page's marks are drawn: as they are read, unless the report asks for another."""
        if self.options.get("shuffle"):
            pictures = [m for m in marks if m.kind == "figure"]
            text = [m for m in marks if m.kind != "figure"]
            random.Random(f"{self.report.id}-{number}").shuffle(text)
            return pictures + text
        return marks

    def pdf(self) -> bytes:
        """The finished file."""
        out = BytesIO()
        password = self.options.get("password")
        encrypt = pdfencrypt.StandardEncryption(password, "owner-" + password, strength=128) if password else None
        c = Canvas(out, pagesize=(self.width, self.height), invariant=1, pageCompression=0, encrypt=encrypt)
        c.setTitle(self.meta["title"])
        c.setAuthor("; ".join(a.split("^")[0] for a in self.meta["authors"]))
        c.setSubject(f"{self.meta['journal']}, {self.meta['issue']}")
        c.setCreator("casesift corpus")
        for page in self.pages():
            if page.rotate:
                c.setPageSize((self.height, self.width))  # reportlab turns the media box along with the page
                c.setPageRotation(page.rotate)
                c.transform(0, 1, -1, 0, self.width, 0)
            for mark in page.marks:
                mark.draw(c, mark.x, mark.y)
            c.showPage()
            c.setPageRotation(0)
            c.setPageSize((self.width, self.height))
        c.save()
        return out.getvalue()
