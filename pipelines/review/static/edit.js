// The form in which a row is corrected or added.
import { choice, get, post, toast } from "./server.js";
import { base, choose, replace, send } from "./rows.js";

let form = null;
let asked = 0; // forms asked for
let field = null; // the input the curator was in last

export const current = () => form;

/** The name of the field that selected text would go into; "" when there is none. */
export function target() {
  return form && field?.isConnected && field.tagName === "INPUT" ? field.labels[0].firstChild.textContent.trim() : "";
}

/** Leave the form, unless something typed is not saved and the person would rather keep it. Gives whether it is left. */
export async function leave() {
  if (dirty() && await choice(document.getElementById("unsaved"), { x: "away" }) !== "away") {
    field?.focus();
    return false;
  }
  close();
  return true;
}

export function close() {
  const row = form?.dataset.row;
  asked++; // one that is on its way is not wanted any more
  clearTimeout(waiting); // nor what was to be asked of its words
  waiting = 0;
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
  if (form && !await leave()) return;
  const mine = ++asked;
  const { status, text } = await get(url);
  if (mine !== asked) return; // another form was asked for since
  if (status !== 200) return toast(reason(text), true);
  if (form && !await leave()) return;
  const holder = document.createElement("div");
  holder.innerHTML = text;
  form = holder.querySelector("form");
  put(form);
  if (!form.isConnected) return (form = field = null);
  form.scrollIntoView({ block: "nearest" });
  form.querySelector("input, select").focus();
  form.addEventListener("focusin", (event) => { if (event.target.matches("input, select")) field = event.target; });
  field = form.querySelector("input, select");
  form.addEventListener("input", ({ target }) => { byHand(target); mark(target); soon(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.repeat) event.preventDefault(); // a key held down saves once
    else if (event.target.matches("select")) save(); // as in an input
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.querySelector('[data-do="overrule"]').addEventListener("click", () => save(true));
  seen = {};
  busy();
  if (!form.dataset.row) ask(); // of a new row the first words are understood already
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

// what is understood -----------------------------------------------------------------------------------------------

let waiting = 0, asking = null; // a preview that is to be asked for; one that is under way
let seen = {}; // by text column the text whose meaning is shown

/** Ask what is understood of the form, a moment after the last key. */
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 150);
  busy();
}

function ask() {
  waiting = 0;
  const mine = asking = understand().finally(() => {
    if (asking === mine) asking = null;
    busy();
  });
  busy();
  return mine;
}

/** Say, to those who do not see it too, whether what is typed is still being understood. */
function busy() {
  if (form) form.ariaBusy = String(Boolean(waiting || asking));
}

/** A field that a person wrote in follows no text any more. */
function byHand(input) {
  delete input.dataset.filled;
  input.dataset.hand = "yes";
}

const follows = (input) => !input.dataset.hand;

/** Show what follows from what was typed: numbers, codes, doubts. Gives whether anything new is shown. */
async function understand() {
  const here = form;
  if (!here) return false; // closed meanwhile
  const { status, body } = await post(`${base}/preview`, {
    table: here.dataset.table, row: here.dataset.row, fields: texts((i) => i.value, (i) => !follows(i)),
    shown: texts((i) => i.dataset.shown, (i) => here.querySelector(`[data-understood="${i.name}"]`)),
  });
  if (status !== 200 || form !== here) return false;
  let news = false;
  for (const input of inputs()) {
    const value = body.values[input.name];
    const before = input.value;
    if (value !== undefined && follows(input)) {
      input.value = input.dataset.filled = value;
    } else if (value === undefined && input.dataset.filled === input.value && follows(input)) {
      input.value = input.dataset.shown;
      delete input.dataset.filled;
    }
    news ||= before !== input.value;
    mark(input);
  }
  seen = Object.fromEntries(Object.entries(body.understood).map(([name, one]) => [name, one.text]));
  for (const box of here.querySelectorAll("[data-understood]")) {
    const one = body.understood[box.dataset.understood];
    const text = one?.says ? `${one.ok ? "=" : "?"} ${one.says}` : "";
    news ||= text !== box.textContent;
    box.textContent = text;
    box.classList.toggle("not", Boolean(one && !one.ok));
  }
  offer(body.offers);
  const told = here.querySelector(".doubts");
  told.replaceChildren(...body.doubts.map((doubt) => Object.assign(document.createElement("li"), { textContent: sentence(doubt.says) })));
  return news;
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

function offer(offers) {
  for (const box of form.querySelectorAll("[data-offers]")) {
    box.replaceChildren(...(offers[box.dataset.offers] ?? []).map(({ label, values }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className: "quiet" });
      button.addEventListener("click", () => take(values));
      return button;
    }));
  }
}

/** Take a name that was offered, which has its own code; or a code. */
function take({ drug, ...codes }) {
  for (const [name, value] of Object.entries(drug ? { drug } : codes)) {
    const input = form.elements[name];
    if (!input) continue;
    input.value = value;
    byHand(input);
    mark(input);
  }
  soon();
}

/** Wait until what was typed is understood; true when the person has seen all of it before this. */
async function settled() {
  if (!waiting && !asking) return true;
  clearTimeout(waiting);
  return !await (waiting ? ask() : asking);
}

/** Whether there is something typed that is not saved. */
export const dirty = () => Boolean(form && inputs().some((input) => input.value !== input.dataset.shown && !follows(input)));

const inputs = () => [...form.elements].filter((e) => e.name && e.name !== "why" && e.matches("input, select"));

function texts(of, wanted = () => true) {
  return Object.fromEntries(inputs().filter(wanted).map((input) => [input.name, of(input)]));
}

async function save(overrule = false) {
  const here = form, row = here.dataset.row;
  if (here.dataset.saving) return; // Enter was pressed twice
  here.dataset.saving = "yes";
  try {
    if (!await settled() && form === here) return toast("Look at what was understood; Enter saves it.");
    await saved(here, row, overrule);
  } finally {
    delete here.dataset.saving;
  }
}

async function saved(here, row, overrule) {
  const doubts = here.querySelector(".doubtful"), known = overrule ? JSON.parse(doubts.dataset.names || "[]") : [];
  doubts.hidden = true;
  for (const box of here.querySelectorAll("[data-error]")) box.textContent = "";
  const common = { table: here.dataset.table, fields: texts((i) => i.value), why: here.elements.why.value, understood: seen, overruled: known, onErrors: errors, onDoubts: doubtful };
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

/** What is hardly ever meant is not saved at once: one key more and it is. */
function doubtful(told) {
  const box = form?.querySelector(".doubtful");
  if (!box) return;
  box.dataset.names = JSON.stringify(told.map((doubt) => doubt.name));
  form.querySelector(".doubts").replaceChildren(...told.map((doubt) => Object.assign(document.createElement("li"), { textContent: sentence(doubt.says) })));
  box.hidden = false;
  box.querySelector("button").focus();
  box.scrollIntoView({ block: "nearest" });
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
