// The form in which a row is corrected or added.
import { get, toast } from "./server.js";
import { base, choose, replace, send } from "./rows.js";

let form = null;
let asked = 0; // forms asked for
let field = null; // the input the curator was in last

export const current = () => form;

/** The name of the field that selected text would go into; "" when there is none. */
export function target() {
  return form && field?.isConnected && field.tagName === "INPUT" ? field.labels[0].firstChild.textContent.trim() : "";
}

export function close() {
  const row = form?.dataset.row;
  asked++; // one that is on its way is not wanted any more
  form?.remove();
  form = field = null;
  if (row) document.getElementById(row)?.focus({ preventScroll: true });
}

export async function edit(row) {
  if (!row) return toast("Choose a fact first (j, k).");
  await show(`${base}/form?table=${row.dataset.table}&row=${encodeURIComponent(row.id)}`, (element) => document.getElementById(row.id)?.querySelector(".more").append(element)); // the facts may have been drawn anew
}

/** Title, DOI, journal, year. */
export async function paper() {
  const doc = base.split("/").at(-1);
  await show(`${base}/form?table=documents&row=${doc}`, (element) => document.getElementById("adding").append(element));
}

export async function add(table, { start, end }, inCase) {
  const about = new URLSearchParams({ table, start, end, case: inCase });
  await show(`${base}/form?${about}`, (element) => document.getElementById("adding").append(element));
}

async function show(url, put) {
  const mine = ++asked;
  const { status, text } = await get(url);
  if (mine !== asked) return; // another form was asked for since
  if (status !== 200) return toast(reason(text), true);
  close();
  const holder = document.createElement("div");
  holder.innerHTML = text;
  form = holder.querySelector("form");
  put(form);
  if (!form.isConnected) return (form = field = null);
  form.scrollIntoView({ block: "nearest" });
  form.querySelector("input, select").focus();
  form.addEventListener("focusin", (event) => { if (event.target.matches("input, select")) field = event.target; });
  field = form.querySelector("input, select");
  form.addEventListener("input", (event) => { delete event.target.dataset.filled; mark(event.target); });
  form.addEventListener("change", (event) => { if (event.target.name === "text" || event.target.name.endsWith("_text")) normal(event.target); });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
}

function reason(text) {
  try {
    return Object.values(JSON.parse(text).errors).join(" ");
  } catch {
    return text;
  }
}

function mark(input) {
  const box = input.closest(".field");
  box.classList.toggle("changed", input.value !== input.dataset.shown && Boolean(form?.dataset.row));
  box.classList.toggle("filled", input.dataset.filled === input.value && input.value !== input.dataset.shown);
}

/** Put words into the field the curator was in. */
export function fill(text) {
  field.value = field.inputMode === "decimal" ? (text.match(/\d+(?:[.,]\d+)?/)?.[0] ?? text) : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
}

/** What a wording says in numbers goes into the numbers' fields, unless the curator has written there. */
async function normal(input) {
  const about = new URLSearchParams({ field: input.name, text: input.value });
  const { status, text } = await get(`/normal?${about}`);
  if (status !== 200 || !form) return;
  for (const [name, value] of Object.entries(JSON.parse(text))) {
    const other = form.elements[name];
    if (!other || (other.value !== other.dataset.shown && other.value !== other.dataset.filled)) continue;
    other.value = other.dataset.filled = value;
    mark(other);
  }
}

const inputs = () => [...form.elements].filter((e) => e.name && e.name !== "why" && e.matches("input, select"));

function texts(of) {
  return Object.fromEntries(inputs().map((input) => [input.name, of(input)]));
}

async function save() {
  const here = form, row = here.dataset.row;
  if (here.dataset.saving) return; // Enter was pressed twice
  here.dataset.saving = "yes";
  try {
    await saved(here, row);
  } finally {
    delete here.dataset.saving;
  }
}

async function saved(here, row) {
  for (const box of here.querySelectorAll("[data-error]")) box.textContent = "";
  const common = { table: here.dataset.table, fields: texts((i) => i.value), why: here.elements.why.value, onErrors: errors };
  const body = row
    ? await send({ ...common, action: "correct", row, seen: Number(here.dataset.seen), shown: texts((i) => i.dataset.shown), onTheirs: close })
    : await send({ ...common, action: "add", start: Number(here.dataset.start), end: Number(here.dataset.end), selected: here.dataset.selected }, `${base}/add`);
  if (!body) return;
  if (form === here) form = field = null;
  here.remove();
  const about = here.dataset.table === "documents" ? undefined : body.row;
  replace(body.rows, about);
  if (about) choose(document.getElementById(about));
  else document.activeElement.blur();
  toast(row ? "Saved; u takes it back." : "Added; u takes it back.");
}

function errors(told) {
  let first = null;
  if (!form) return;
  for (const [name, text] of Object.entries(told)) {
    const box = form.querySelector(`[data-error="${CSS.escape(name)}"]`) ?? form.querySelector('[data-error=""]');
    box.textContent = [box.textContent, text].filter(Boolean).join(" ");
    const input = form.elements[name];
    input?.setAttribute("aria-invalid", "true");
    input?.closest("details")?.setAttribute("open", "");
    first ??= input;
  }
  first?.focus();
}
