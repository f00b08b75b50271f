// The facts beside the page: which one is chosen, and what is decided on it.
import { askWho, choice, get, post, show, toast } from "./server.js";
import { draw, reveal } from "./pages.js";

const holder = document.getElementById("facts"), buttons = document.getElementById("row-buttons");
const doc = location.pathname.split("/")[2];
let answers = 0; // grows with every decision sent and answered
const UNDO = `casesift-undo-${doc}`;
export const base = `/d/${doc}`;

export const all = () => [...holder.querySelectorAll(".row")];
export const visible = () => all().filter((row) => row.closest("details").open);
export const chosen = () => holder.querySelector('.row[aria-current="true"]');
export const state = () => holder.querySelector(".rows").dataset;

/** Choose a fact: it opens, its box is marked, and the page scrolls to it. */
export function choose(row, { focus = true, scroll = true } = {}) {
  const before = chosen();
  if (before && before !== row) before.removeAttribute("aria-current");
  if (row) {
    row.closest("details").open = true;
    row.setAttribute("aria-current", "true");
    row.querySelector(".place:not(:has(+ .buttons))")?.after(buttons.content.cloneNode(true)); // a row has them once it was chosen
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", `#${row.id}`);
  }
  redraw();
  if (row && scroll) look(row);
}

export function redraw() {
  draw(all(), chosen());
  const here = chosen()?.id;
  for (const mark of document.querySelectorAll(".plain mark")) mark.classList.toggle("chosen", mark.dataset.rows.split(" ").includes(here));
}

function look(row) {
  reveal(row);
  document.querySelector(".plain mark.chosen")?.scrollIntoView({ block: "center" });
}

export function step(by) {
  const rows = visible(), at = rows.indexOf(chosen());
  const to = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (to && to !== chosen()) choose(to);
}

/** The facts that wait for somebody, those after a row first, then from the top. */
function waiting(row) {
  const rows = visible(), at = rows.indexOf(row);
  return [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].filter(waits);
}

const waits = (row) => row.classList.contains("undecided") && !row.closest(".finished");
const unsure = (row) => row.querySelector(".sure.low");

/** The next fact that nobody has decided on (and `doubtful`: of little confidence), after the chosen one, else from the top. */
export function stepOpen(doubtful = false) {
  const to = waiting(chosen()).find((row) => !doubtful || unsure(row));
  if (to) return choose(to);
  const further = doubtful && document.body.dataset.unsure;
  if (further) location.href = further;
  else toast(doubtful ? "No other unsure fact is open, here or in the other documents of this list." : "No other fact is open here.");
}

/** The first unsure fact that nobody has decided on. */
export const firstUnsure = () => visible().find((row) => waits(row) && unsure(row));

/** The fact to decide on after another one, or first: what is unsure before the rest, unless the list is in another order. */
export function next(row = null) {
  const open = waiting(row);
  return (document.body.dataset.order === "unsure" && open.find(unsure)) || open[0];
}

/** Put the facts as the server has them now in place of those shown. */
export function replace(html, row = chosen()?.id) {
  const form = holder.querySelector("form.edit"), typing = form?.contains(document.activeElement) ? document.activeElement : null;
  const open = new Map([...holder.querySelectorAll("details.patient")].map((d) => [d.dataset.case, d.open]));
  const focused = holder.contains(document.activeElement) || document.activeElement === document.body;
  holder.innerHTML = html;
  for (const details of holder.querySelectorAll("details.patient")) details.open = open.get(details.dataset.case) ?? details.open;
  // a form that is open stays, with what was typed
  if (form) (document.getElementById(form.dataset.row)?.querySelector(".more") ?? document.getElementById("adding")).append(form);
  count();
  choose(row ? document.getElementById(row) : null, { focus: focused && !typing, scroll: false });
  typing?.focus({ preventScroll: true });
}

/** About how long it takes to decide on so many rows, at the pace of the last decisions. */
function left(rows) {
  if (!rows || state().done === "true") return "";
  return `, about ${Math.max(1, Math.round(rows * Number(document.body.dataset.pace) / 60))} min left`;
}

export function count() {
  const { decided, counted, title, about } = state(), meter = document.getElementById("meter");
  const doubtful = state().done === "true" ? 0 : all().filter((row) => waits(row) && unsure(row) && !row.closest(".cited")).length;
  meter.querySelector("span").textContent = Number(counted) ? `${decided} of ${counted} decided${doubtful ? `, ${doubtful} unsure` : ""}${left(counted - decided)}` : "nothing to decide on";
  const bar = meter.querySelector("progress");
  bar.max = Math.max(counted, 1);
  bar.value = decided;
  document.querySelector(".bar h1").textContent = title;
  document.getElementById("about").textContent = about;
  document.title = `${title} – casesift review`;
}

/** See whether somebody else has decided meanwhile. `editing`: a form that is open, which is not touched but told. */
export async function refresh(editing) {
  const before = answers;
  const { status, text, headers } = await get(`${base}/rows?last=${encodeURIComponent(state().last)}`);
  if (status !== 200 || before !== answers) return; // a decision was made meanwhile: what was told is older than what is shown
  if (!editing) return replace(text);
  const there = new DOMParser().parseFromString(text, "text/html").getElementById(editing.dataset.row);
  if (there && there.dataset.seen !== editing.dataset.seen) {
    editing.querySelector('[data-error=""]').textContent = `Meanwhile: ${there.querySelector(".said li:last-child")?.textContent ?? "somebody decided on this row"}. Save to compare.`;
  }
}

// decisions --------------------------------------------------------------------------------------------------------

const name = (row) => ({ table: row.dataset.table, row: row.id, seen: Number(row.dataset.seen) });

/** Send a decision; gives the answer's body when it was taken, else null. Somebody else's comes before ours: then ask. */
export async function send(what, url = `${base}/decide`) {
  const by = await askWho();
  if (!by) return null;
  answers++;
  const { status, body } = await post(url, { ...what, who: by });
  answers++;
  if (status === 200) {
    if (what.action !== "undo") remember(body.numbers);
    offer(body.repeated);
    return body;
  }
  if (status === 409 && what.rows) {
    replace(body.rows);
    toast("Somebody else has just decided on one of these rows; nothing was accepted. Look again.", true);
    return null;
  }
  if (status === 409) {
    const answer = await ask(body.conflict, what);
    if (answer === "mine") return send({ ...what, seen: body.conflict.seen }, url);
    if (answer === "theirs") {
      what.onTheirs?.();
      replace(body.rows);
    }
    return null; // neither: what was written stays in its form
  }
  if (body.doubts && what.onDoubts) what.onDoubts(body.doubts);
  else if (what.onErrors) what.onErrors(body.errors ?? { "": "It was refused." });
  else toast(Object.values(body.errors ?? { "": "It was refused." }).join(" "), true);
  return null;
}

// a correction that was made twice -----------------------------------------------------------------------------------

let offered = null;

function offer(what) {
  offered = what ?? null;
  const box = document.getElementById("offer");
  box.hidden = !offered;
  if (!offered) return;
  const more = offered.rows === 1 ? "1 other row says" : `${offered.rows} other rows say`;
  box.querySelector("span").textContent = `${offered.label}: ${offered.old} was corrected to ${offered.new} ${offered.times} times. ${more} ${offered.old}.`;
}

export const noOffer = () => offer(null);

/** Make the offered correction on all rows of its kind, each logged. */
export async function everywhere() {
  if (!offered) return toast("y corrects all rows of a kind, when a correction was made twice.");
  const by = await askWho();
  if (!by) return;
  const { status, body } = await post(`${base}/everywhere`, { ...offered, who: by });
  if (status !== 200) return toast(Object.values(body.errors ?? { "": "It was refused." }).join(" "), true);
  offer(null);
  replace(body.rows);
  toast(`Corrected ${body.changed} rows.`);
}

/** Where the chosen fact stands in the text; null when it has no place. */
export function here() {
  const [own] = JSON.parse(chosen()?.dataset.spans ?? "[]");
  return own ? { start: own[0], end: own[1] } : null;
}

/** The patient that words at a place of the text most likely belong to: that of the nearest fact before them. */
export function patientAt(start) {
  const told = all().map((row) => ({ row, at: JSON.parse(row.dataset.spans)[0]?.[0] ?? -1 })).filter((one) => one.at >= 0);
  const before = told.filter((one) => one.at <= start).sort((a, b) => b.at - a.at)[0] ?? told[0];
  const details = before?.row.closest("details") ?? holder.querySelector("details.patient");
  return details?.dataset.case ?? "";
}

export async function decide(action, row = chosen()) {
  if (!row) return toast("Choose a fact first (j, k).");
  const body = await send({ action, ...name(row) });
  if (!body) return;
  replace(body.rows, row.id);
  toast(`${action === "accept" ? "Accepted" : "Rejected"}: ${row.dataset.name}`);
  const following = next(document.getElementById(row.id));
  if (following) choose(following);
  else if (state().decided === state().counted) toast("All facts are decided on. d marks the document done.");
}

/** An old decision goes over to what the changed file says now. */
export async function carry(row = chosen()) {
  const to = row?.querySelector('[data-do="carry"]')?.dataset.to;
  if (!to) return toast("c carries a decision over whose file was changed; none is chosen.");
  const body = await send({ action: "carry", to, ...name(row) });
  if (!body) return;
  replace(body.rows, to);
  toast("Carried over; u takes it back.");
}

/** Show why the chosen fact says what it says, or no more. */
export function why() {
  const details = chosen()?.querySelector(".reasons");
  if (details) details.open = !details.open;
  else toast("No reason is kept for this fact.");
}

/** The next decision whose sentence is gone. */
export function stepOrphan() {
  const rows = all().filter((row) => row.classList.contains("orphaned"));
  const at = rows.indexOf(chosen());
  if (rows.length) choose(rows[(at + 1) % rows.length]);
  else toast("The file was not changed under any decision.");
}

export async function acceptAll(details) {
  const rows = [...details.querySelectorAll(".row.undecided")];
  const body = await send({ action: "accept", rows: rows.map(name) });
  if (!body) return;
  replace(body.rows);
  toast(`Accepted ${rows.length} rows; u takes them back.`);
}

export async function undo() {
  const steps = JSON.parse(sessionStorage.getItem(UNDO) || "[]");
  const numbers = steps.pop() ?? [];
  const body = await send({ action: "undo", numbers });
  if (!body) return; // the step is kept, for another try
  sessionStorage.setItem(UNDO, JSON.stringify(steps));
  replace(body.rows, body.row || undefined);
  if (body.row && document.getElementById(body.row)) choose(document.getElementById(body.row));
  toast("Taken back.");
}

function remember(numbers) {
  const steps = JSON.parse(sessionStorage.getItem(UNDO) || "[]");
  sessionStorage.setItem(UNDO, JSON.stringify([...steps, numbers].slice(-200)));
}

/** The document is done, or not after all; rows that are not decided are asked about first. */
export async function markDone(action) {
  const open = action === "done" ? all().filter((row) => row.classList.contains("undecided") && !row.closest(".cited")) : [];
  const rest = await whatOf(open, "document");
  if (rest === null) return false;
  const body = await send({ action, ...rest });
  if (!body) return false;
  replace(body.rows);
  toast(action === "done" ? "Marked done." : "Open again.");
  return true;
}

/** One patient is done, or not after all; when it was the last one, so is the document. */
export async function markPatient(action, details = chosen()?.closest("details")) {
  const name = details?.querySelector("h2").textContent;
  if (!details?.querySelector(`[data-do="${action}-case"]`)) return toast("D marks one of several patients done; d marks the whole document.");
  const rest = await whatOf(action === "done" ? [...details.querySelectorAll(".row.undecided")] : [], "patient");
  if (rest === null) return;
  const body = await send({ action, row: details.dataset.case, ...rest });
  if (!body) return;
  replace(body.rows);
  const open = next();
  if (action === "done" && open && state().done !== "true") choose(open);
  toast(action === "reopen" ? `${name} is open again.` : state().done === "true" ? "All patients are done, and so is the document." : `${name} is done.`);
}

/** What becomes of rows that are not decided: what to send along; null when the person goes on reviewing. */
async function whatOf(open, what) {
  if (!open.length) return {};
  if (!await askWho()) return null;
  const dialog = document.getElementById("undecided");
  dialog.querySelector(".told").textContent = `${open.length} ${open.length === 1 ? "row" : "rows"} of this ${what} ${open.length === 1 ? "is" : "are"} not decided.`;
  const rest = await choice(dialog, { a: "accept", l: "leave" });
  if (!rest) return null;
  return rest === "accept" ? { rest, rows: open.map(name) } : { rest };
}

// two curators on one row ------------------------------------------------------------------------------------------

/** Show what somebody else decided beside what was meant; gives "theirs", "mine", or "" for not yet. */
function ask(conflict, what) {
  const dialog = document.getElementById("conflict"), told = dialog.querySelector(".told");
  told.replaceChildren();
  for (const one of conflict.newer) {
    const line = document.createElement("p");
    line.textContent = `${one.what} on ${one.when.slice(0, 16).replace("T", " ")} UTC, after you last saw this row.`;
    told.append(line);
  }
  const changed = Object.entries(what.fields ?? {}).filter(([field, value]) => (what.shown ?? {})[field] !== value);
  if (changed.length) told.append(compared(changed, conflict));
  else {
    const line = document.createElement("p");
    line.textContent = `You wanted to ${what.action} it.`;
    told.append(line);
  }
  const mine = dialog.querySelector('[data-choose="mine"]');
  mine.textContent = { accept: "Accept it as it is now", reject: "Reject it all the same", undo: "Take mine back all the same" }[what.action] ?? "Save mine over it";
  show(dialog);
  return new Promise((resolve) => {
    dialog.querySelector('[data-choose="theirs"]').onclick = () => dialog.close("theirs");
    mine.onclick = () => dialog.close("mine");
    dialog.onclose = () => resolve(dialog.returnValue);
  });
}

function compared(changed, conflict) {
  const table = document.createElement("table");
  const line = (tag, ...cells) => {
    const row = table.insertRow();
    for (const cell of cells) {
      const one = document.createElement(tag);
      one.textContent = cell;
      row.append(one);
    }
  };
  line("th", "", "Theirs, as it is now", "Yours");
  for (const [field, value] of changed) line("td", conflict.labels[field] ?? field, conflict.now[field] || "–", value || "–");
  return table;
}
