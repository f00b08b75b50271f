// The pages: images in the size the screen needs, a transparent layer of text that can be selected, boxes of the facts.
import { get } from "./server.js";
import { Text } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 1250; // a page is not made wider than this to fill the pane
const pane = document.querySelector(".paper");
const pages = [...document.querySelectorAll(".page")];
const measure = document.createElement("canvas").getContext("2d");
measure.font = "100px sans-serif";
const measured = new Map(); // text: its width in letters of 100 pixels

/** How wide a text is in letters of so many pixels; a page has the same words again and again. */
function wide(text, height) {
  if (!measured.has(text)) measured.set(text, measure.measureText(text).width);
  return measured.get(text) * height / 100 || 1;
}

export const paper = { text: null, pages, pane };
let zoom = Number(sessionStorage.getItem("casesift-zoom")) || 1;
let boxes = []; // {page, x0, top, x1, bottom, row}

// sizes and images -------------------------------------------------------------------------------------------------

export function fit(change = null) {
  if (change !== null) {
    zoom = change === 0 ? 1 : Math.min(4, Math.max(0.4, zoom * change));
    sessionStorage.setItem("casesift-zoom", zoom);
  }
  const style = getComputedStyle(pane);
  const room = pane.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const gap = parseFloat(getComputedStyle(document.querySelector(".pages")).columnGap);
  const columns = Math.max(1, Math.min(pages.length, Math.floor((room + gap) / 1150)));
  const width = Math.floor(Math.min(WIDEST, (room - gap * (columns - 1)) / columns) * zoom);
  const top = pane.scrollTop / (pane.scrollHeight || 1);
  for (const page of pages) {
    const scale = width / page.dataset.width;
    page.style.width = `${width}px`;
    page.style.height = `${Math.round(page.dataset.height * scale)}px`;
    page.style.setProperty("--scale", scale);
  }
  if (change !== null) pane.scrollTop = top * pane.scrollHeight;
  for (const page of pages) if (page.dataset.near) show(page);
}

function show(page) {
  page.dataset.near = "yes";
  const widths = document.querySelector(".pages").dataset.widths.split(" ").map(Number);
  const wanted = page.clientWidth * devicePixelRatio;
  const width = widths.find((w) => w >= wanted * 0.98) ?? widths.at(-1);
  const image = page.querySelector("img");
  if (width > Number(image.dataset.wide || 0)) {
    image.dataset.wide = width;
    image.src = page.dataset.src + width;
  }
  if (paper.text && !page.dataset.written) write(page);
}

export function open() {
  if (!pages.length) return;
  fit();
  const near = new IntersectionObserver((seen) => {
    for (const entry of seen) if (entry.isIntersecting) show(entry.target);
  }, { root: pane, rootMargin: "60% 0px" });
  for (const page of pages) near.observe(page);
  new ResizeObserver(() => fit()).observe(pane);
}

/** Have all pages drawn. */
export async function drawn() {
  for (const page of pages) show(page);
  await Promise.all(pages.map((page) => page.querySelector("img").decode().catch(() => {})));
}

export async function read(doc) {
  if (!pages.length) return true;
  const { status, text } = await get(`/d/${doc}/text`);
  if (status !== 200) return true; // the notice above the pages tells why
  const told = JSON.parse(text);
  paper.text = new Text(told);
  for (const page of pages) if (page.dataset.near) write(page);
  return told.fits;
}

// the layer of text ------------------------------------------------------------------------------------------------

function write(page) {
  page.dataset.written = "yes";
  const words = paper.text.pages.get(Number(page.dataset.page)) ?? [];
  const layer = page.querySelector(".text"), all = document.createDocumentFragment();
  words.forEach((word, i) => {
    const next = words[i + 1];
    const gap = next ? Math.max(0, Math.min(next.start - word.end, 2)) : 0;
    const span = document.createElement("span");
    span.textContent = paper.text.slice(word.start, word.end) + " ".repeat(gap);
    span.dataset.start = word.start;
    const height = Math.max(word.bottom - word.top, 1);
    const beside = gap && next.top < word.bottom && next.bottom > word.top && next.x0 > word.x0 && next.x0 - word.x1 < 2 * height;
    span.style.left = `${100 * word.x0 / page.dataset.width}%`;
    span.style.top = `${100 * word.top / page.dataset.height}%`;
    span.style.fontSize = `calc(var(--scale) * ${height}px)`;
    span.style.transform = `scaleX(${((beside ? next.x0 : word.x1) - word.x0) / wide(beside ? span.textContent : paper.text.slice(word.start, word.end), height)})`;
    word.span = span;
    all.append(span);
  });
  layer.append(all);
}

/** The page at a point of the window, the nearest if there is none, and the place on it in points. */
export function at(x, y) {
  let best = null, least = Infinity;
  for (const page of pages) {
    const r = page.getBoundingClientRect();
    const far = Math.hypot(Math.max(r.left - x, 0, x - r.right), Math.max(r.top - y, 0, y - r.bottom));
    if (far < least) {
      least = far;
      best = { page, number: Number(page.dataset.page), x: (x - r.left) * page.dataset.width / r.width, y: (y - r.top) * page.dataset.height / r.height };
    }
  }
  return best;
}

/** The text node and offset nearest to a place on a page. */
export function caret({ page, number, x, y }) {
  if (!page.dataset.written) return null;
  let best = null, least = Infinity;
  for (const word of paper.text.pages.get(number) ?? []) {
    const far = Math.max(word.x0 - x, 0, x - word.x1) + 4 * Math.max(word.top - y, 0, y - word.bottom);
    if (far < least) { least = far; best = word; }
  }
  if (!best) return null;
  const text = paper.text.slice(best.start, best.end), whole = measure.measureText(text).width || 1;
  let offset = 0, nearest = Infinity;
  for (let i = 0; i <= text.length; i++) {
    const far = Math.abs(best.x0 + (best.x1 - best.x0) * measure.measureText(text.slice(0, i)).width / whole - x);
    if (far < nearest) { nearest = far; offset = i; }
  }
  return { node: best.span.firstChild, offset, word: best, far: least };
}

// boxes ------------------------------------------------------------------------------------------------------------

/** Draw the boxes of all facts (elements of the list), and of the chosen one its parts and its sentence too. */
export function draw(rows, chosen) {
  boxes = [];
  for (const row of rows) {
    const spans = JSON.parse(row.dataset.spans);
    const own = paper.text && spans.length ? paper.text.lines(spans[0][0], spans[0][1]) : [];
    const [x0, top, x1, bottom] = (row.dataset.box || "").split(" ").map(Number);
    if (!own.length && row.dataset.page && x1) own.push({ page: Number(row.dataset.page), x0, top, x1, bottom });
    for (const line of own) boxes.push({ ...line, row });
  }
  const extra = chosen && paper.text ? around(chosen) : [];
  for (const page of pages) {
    const number = Number(page.dataset.page), all = document.createDocumentFragment();
    for (const line of extra) if (line.page === number) all.append(rectangle(line, line.name));
    for (const box of boxes) {
      if (box.page !== number) continue;
      const kind = box.row === chosen ? "chosen" : "";
      const one = rectangle(box, ...box.row.classList, kind);
      one.dataset.row = box.row.id;
      all.append(one);
    }
    page.querySelector(".boxes").replaceChildren(all);
  }
}

function around(row) {
  const [own, ...parts] = JSON.parse(row.dataset.spans);
  if (!own) return [];
  const sentence = paper.text.sentence(row.querySelector(".evidence")?.textContent, own[0]);
  const lines = sentence ? paper.text.lines(...sentence).map((line) => ({ ...line, name: "sentence" })) : [];
  for (const [start, end] of parts) for (const line of paper.text.lines(start, end)) lines.push({ ...line, name: `part ${row.dataset.kind}` });
  return lines;
}

function rectangle({ x0, top, x1, bottom }, ...names) {
  const one = document.createElementNS(SVG, "rect");
  one.setAttribute("x", x0 - 1);
  one.setAttribute("y", top - 0.5);
  one.setAttribute("width", Math.max(x1 - x0, 1) + 2);
  one.setAttribute("height", Math.max(bottom - top, 1) + 1);
  one.setAttribute("rx", 1.5);
  one.setAttribute("class", names.filter((name) => name && name !== "row").join(" "));
  return one;
}

/** The facts whose boxes are at a place, the smallest first. */
export function hit({ number, x, y }) {
  const found = boxes.filter((b) => b.page === number && b.x0 - 2 <= x && x <= b.x1 + 2 && b.top - 1 <= y && y <= b.bottom + 1);
  found.sort((a, b) => (a.x1 - a.x0) * (a.bottom - a.top) - (b.x1 - b.x0) * (b.bottom - b.top));
  return [...new Set(found.map((b) => b.row))];
}

/** Whether a fact's box is in view. */
export function shown(row) {
  const box = boxes.find((b) => b.row === row), page = box && pages.find((p) => Number(p.dataset.page) === box.page);
  if (!page) return false;
  const top = page.offsetTop + box.top * page.clientWidth / page.dataset.width;
  return top > pane.scrollTop && top < pane.scrollTop + pane.clientHeight;
}

/** Bring a fact's box into view; `at once`: without gliding there. */
export function reveal(row, atOnce = false) {
  const box = boxes.find((b) => b.row === row);
  const page = box && pages.find((p) => Number(p.dataset.page) === box.page);
  if (!page) return;
  const scale = page.clientWidth / page.dataset.width;
  const top = page.offsetTop + box.top * scale, left = page.offsetLeft + box.x0 * scale;
  const seen = top > pane.scrollTop + 60 && top < pane.scrollTop + pane.clientHeight - 90;
  const aside = left > pane.scrollLeft && left + 80 < pane.scrollLeft + pane.clientWidth;
  if (!seen || !aside) pane.scrollTo({ behavior: atOnce ? "instant" : "auto", top: seen ? pane.scrollTop : top - pane.clientHeight * 0.35, left: aside ? pane.scrollLeft : left - 40 });
}
