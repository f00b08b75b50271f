"use strict";
// The rows of the report page: tabs, filters, sorting, pages, evidence, the documents' text. What the data say comes to the
// screen as text nodes only.
const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 50;
const $ = (id) => document.getElementById(id);
const state = { table: "treatments", only: {}, find: "", sort: null, down: false, page: 0 };

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const NAMES = { carrier: "vehicle", vehicle_name: "vehicle", span: "duration" };
const head = (column) => NAMES[column] ?? column.replace(/_text$/, "").replaceAll("_", " ");
const shown = (value) => (value === null || value === undefined ? "" : value === true ? "yes" : value === false ? "" : String(value));

function matching() {
  const { columns, rows } = data.tables[state.table];
  const only = Object.entries(state.only).map(([column, value]) => [columns.indexOf(column), value]);
  const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter((row) => {
    if (!only.every(([place, value]) => shown(row[place]) === value)) return false;
    if (!words.length) return true;
    const all = row.map(shown).join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  });
  if (state.sort === null) return kept;
  const place = columns.indexOf(state.sort);
  const way = state.down ? -1 : 1;
  const empty = (value) => value === null || value === "";
  return kept.sort((a, b) => {
    const [x, y] = [a[place], b[place]];
    if (empty(x) || empty(y)) return empty(x) - empty(y); // what is not told comes last, either way
    return way * (typeof x === "number" && typeof y === "number" ? x - y : shown(x).localeCompare(shown(y), "en", { numeric: true }));
  });
}

function draw() {
  const { columns, shown: heads } = data.tables[state.table];
  const rows = matching();
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  for (const tab of $("tabs").children) {
    const chosen = tab.dataset.table === state.table;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
  $("chips").replaceChildren(...Object.entries(state.only).map(([column, value]) => {
    const chip = make("button", `${head(column)}: ${value || "not told"} ×`, { class: "chip", type: "button", title: "Take this filter off" });
    chip.addEventListener("click", () => { delete state.only[column]; state.page = 0; draw(); });
    return chip;
  }));
  $("told").textContent = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`;
  $("where").textContent = `page ${state.page + 1} of ${pages}`;
  $("back").disabled = state.page === 0;
  $("on").disabled = state.page >= pages - 1;
  const line = make("tr");
  for (const column of heads) {
    const sorted = state.sort === column;
    const cell = make("th", undefined, { scope: "col", "aria-sort": sorted ? (state.down ? "descending" : "ascending") : "none" });
    const button = make("button", head(column) + (sorted ? (state.down ? " ▾" : " ▴") : ""), { type: "button" });
    button.addEventListener("click", () => { state.down = sorted && !state.down; state.sort = column; draw(); });
    cell.append(button);
    line.append(cell);
  }
  const table = $("table");
  table.tHead.replaceChildren(line);
  table.tBodies[0].replaceChildren(...rows.slice(state.page * PAGE, (state.page + 1) * PAGE).map((row) => drawRow(row, columns, heads)));
}

function drawRow(row, columns, heads) {
  const told = Object.fromEntries(columns.map((column, i) => [column, row[i]]));
  const line = make("tr", undefined, { class: "row" });
  for (const column of heads) {
    const value = told[column];
    const cell = make("td", undefined, { class: typeof value === "number" ? "n" : column === "pain" ? "pain" : "whole" });
    if (column === "file") {
      const button = make("button", value, { class: "open", type: "button", "aria-expanded": "false", title: "Show the evidence" });
      cell.append(button);
      cell.className = "";
    } else cell.textContent = shown(value);
    line.append(cell);
  }
  line.addEventListener("click", () => {
    if (String(getSelection())) return; // somebody is copying text
    const open = line.classList.toggle("open");
    line.querySelector("button.open").setAttribute("aria-expanded", open);
    if (open) line.after(evidence(told, heads.length));
    else line.nextElementSibling.remove();
  });
  return line;
}

function evidence(told, width) {
  const line = make("tr", undefined, { class: "evidence" });
  const cell = make("td", undefined, { colspan: width });
  if (told.evidence) {
    const quote = make("blockquote");
    const at = told.evidence.indexOf(told.text ?? told.drug ?? told.diagnosis ?? "\u0000");
    const word = at < 0 ? "" : (told.text ?? told.drug ?? told.diagnosis);
    if (word) quote.append(told.evidence.slice(0, at), make("mark", word), told.evidence.slice(at + word.length));
    else quote.textContent = told.evidence;
    cell.append(quote);
  }
  if (told.page) cell.append(make("small", `page ${told.page}`));
  if (told.section) cell.append(make("small", told.section));
  const text = data.texts[told.doc_id];
  if (text && !text.missing) {
    const button = make("button", "Read it in the text", { class: "chip", type: "button" });
    button.addEventListener("click", () => read(told));
    cell.append(button);
  } else cell.append(make("small", text ? text.missing : "the text of this document is not in this page"));
  const row = encodeURIComponent(told[data.tables[state.table].id] ?? "");
  cell.append(make("a", "Review it", {
    class: "chip", target: "_blank", rel: "noreferrer", href: `${data.review}/d/${encodeURIComponent(told.doc_id)}#${row}`,
    title: "In the review page: run casesift review and open the address it prints, then this leads to the row",
  }));
  line.append(cell);
  return line;
}

function read(told) {
  const { text, marks } = data.texts[told.doc_id];
  const edges = new Set([0, text.length]);
  for (const [start, end] of marks) edges.add(start).add(end);
  if (told.start !== null && told.start !== undefined) edges.add(told.start).add(told.end);
  const places = [...edges].sort((a, b) => a - b);
  const pieces = document.createDocumentFragment();
  let next = 0;
  let open = [];
  let hit = null;
  for (let i = 0; i + 1 < places.length; i++) {
    const [start, end] = [places[i], places[i + 1]];
    while (next < marks.length && marks[next][0] <= start) open.push(marks[next++]);
    open = open.filter((mark) => mark[1] > start);
    const part = text.slice(start, end);
    const inner = open.reduce((a, b) => (!a || b[1] - b[0] <= a[1] - a[0] ? b : a), null);
    const chosen = told.start <= start && end <= told.end && told.end > told.start;
    const piece = chosen ? make("mark", part) : inner ? make("span", part, { class: `l-${inner[2]}`, title: head(inner[2]) }) : document.createTextNode(part);
    if (chosen && !hit) hit = piece;
    pieces.append(piece);
  }
  $("reader-title").textContent = told.title || told.file;
  const labels = [...new Set(marks.map((mark) => mark[2]))].sort();
  $("legend").replaceChildren(...labels.map((label) => make("span", head(label), { class: `l-${label}` })));
  $("text").replaceChildren(pieces);
  $("reader").showModal();
  if (hit) hit.scrollIntoView({ block: "center" });
  else $("text").scrollTop = 0;
}

function go(table, only, find = "") {
  Object.assign(state, { table, only: { ...only }, find, sort: null, down: false, page: 0 });
  $("find").value = find;
  draw();
}

for (const [name, table] of Object.entries(data.tables)) {
  const tab = make("button", `${table.title} (${table.rows.length.toLocaleString("en")})`, { type: "button", role: "tab", "aria-controls": "table" });
  tab.dataset.table = name;
  tab.addEventListener("click", () => go(name, {}, state.find));
  $("tabs").append(tab);
}
$("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...$("tabs").children];
  const tab = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  tab.focus();
  tab.click();
});
for (const link of document.querySelectorAll("a[data-table]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(link.dataset.table, JSON.parse(link.dataset.only));
    $("rows").scrollIntoView();
    $("table").querySelector("button")?.focus({ preventScroll: true });
  });
}
$("find").addEventListener("input", (event) => { state.find = event.target.value; state.page = 0; draw(); });
$("back").addEventListener("click", () => { state.page -= 1; draw(); });
$("on").addEventListener("click", () => { state.page += 1; draw(); });
draw();
