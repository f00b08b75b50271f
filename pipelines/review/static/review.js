// A document: what is clicked, which key does what.
import { asked as questions, askWho, showWho, toast } from "./server.js";
import * as pages from "./pages.js";
import * as rows from "./rows.js";
import * as form from "./edit.js";
import { picked, watch } from "./select.js";

const help = document.getElementById("help"), menu = document.getElementById("picked");
let selection = null, turn = Promise.resolve(), leaving = false;

const acts = {
  accept: () => rows.decide("accept"), reject: () => rows.decide("reject"), edit: () => form.edit(rows.chosen()), undo: rows.undo,
  done, reopen: () => rows.markDone("reopen"), paper: form.paper, donePatient: () => rows.markPatient("done"), next: () => leave("after"), cancel: form.leave, who: () => askWho(true), help: () => help.showModal(),
  everywhere: rows.everywhere, "not-everywhere": rows.noOffer, carry: () => rows.carry(), "next-orphan": rows.stepOrphan, larger: () => zoom(1.2), smaller: () => zoom(1 / 1.2), fit: () => zoom(0),
};

const keys = {
  j: () => rows.step(1), ArrowDown: () => rows.step(1), k: () => rows.step(-1), ArrowUp: () => rows.step(-1), J: () => rows.stepOpen(), s: () => rows.stepOpen(true),
  PageDown: () => rows.step(8), PageUp: () => rows.step(-8), w: rows.why, y: rows.everywhere, a: acts.accept, c: acts.carry, o: rows.stepOrphan, e: acts.edit, Enter: acts.edit, r: acts.reject, u: acts.undo, d: acts.done, D: acts.donePatient, t: acts.paper, n: acts.next, p: () => leave("before"),
  q: () => leave(), "+": acts.larger, "=": acts.larger, "-": acts.smaller, 0: acts.fit, "?": acts.help,
};
const MOVING = new Set(["j", "k", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "J", "+", "=", "-"]); // keys that may be held down
[...menu.querySelectorAll('[role="menuitem"]')].forEach((button, i) => { keys[i + 1] = () => use(button.dataset.use); });

/** Larger or smaller; what stands for the chosen fact stays in view. */
function zoom(change) {
  const row = rows.chosen(), inView = row && pages.shown(row);
  pages.fit(change);
  if (inView) pages.reveal(row, true);
}

async function done() {
  if (rows.state().done === "true" || await rows.markDone("done")) leave("after");
}

async function leave(where) {
  if (form.current() && !await form.leave()) return;
  leaving = true; // what is pressed from now on is not meant for this document
  const link = document.getElementById(where);
  if (link?.href) link.click();
  else location.href = document.querySelector(".brand").href;
}

// selected text ----------------------------------------------------------------------------------------------------

function pick(what) {
  selection = what;
  menu.hidden = !what;
  if (!what) return;
  const into = menu.querySelector('[data-use="field"]'), target = form.target();
  into.hidden = !target;
  into.textContent = `→ ${target}`;
  const { width, height } = menu.getBoundingClientRect();
  const right = document.querySelector(".paper").getBoundingClientRect().right; // beside it stands the form
  menu.style.left = `${Math.max(8, Math.min(what.rect.left, right - width - 8))}px`;
  menu.style.top = `${what.rect.bottom + height + 14 > innerHeight ? what.rect.top - height - 8 : what.rect.bottom + 8}px`;
}

function use(how) {
  const what = selection ?? rows.here();
  if (!what) return;
  pick(null);
  getSelection().removeAllRanges();
  if (how === "field") return form.fill(what.text.replace(/\s+/g, " "));
  return form.add(how, what, rows.patientAt(what.start));
}

// clicks and keys --------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do], [data-use]");
  const patient = { "accept-all": rows.acceptAll, "done-case": (d) => rows.markPatient("done", d), "reopen-case": (d) => rows.markPatient("reopen", d) }[button?.dataset.do];
  if (patient) return inTurn(() => patient(button.closest("details")));
  const row = event.target.closest(".row"), mark = event.target.closest(".plain mark");
  if (row && !event.target.closest("form") && row !== rows.chosen()) rows.choose(row);
  if (button?.dataset.use) return use(button.dataset.use);
  if (button) return inTurn(acts[button.dataset.do]);
  if (mark && getSelection().isCollapsed) nextOf(mark.dataset.rows.split(" ").map((id) => document.getElementById(id)));
});
menu.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    event.preventDefault(); // or the dialog that opens now hears of it too
    return selection ? (pick(null), getSelection().removeAllRanges()) : form.leave();
  }
  const inside = event.target.closest("dialog") ? null : event.target; // one that has just closed may still hold the focus
  if (inside?.closest("input, select, form") || (event.key === "Enter" && inside?.closest("a, button, summary"))) return;
  if (inside?.closest(".paper") && /^(Arrow|Page)/.test(event.key)) return; // scrolls the page
  const act = Object.hasOwn(keys, event.key) && keys[event.key];
  if (!act) return;
  event.preventDefault();
  if (event.repeat && !MOVING.has(event.key)) return; // a key that is held down decides nothing, and leaves no document
  inTurn(act);
});

/** One thing after the other: a key pressed while an answer is under way counts for what is shown when it has come; what is pressed
 * while a form or a question is on its way is no command. */
function inTurn(act) {
  const before = form.current(), answered = questions();
  turn = turn.then(() => {
    const opened = (form.current() && form.current() !== before) || answered !== questions();
    if (!leaving && !opened && !document.querySelector("dialog[open]")) return act?.();
  }).catch((error) => setTimeout(() => { throw error; }));
}

/** Of facts at one place choose the first, or the one after the chosen one. */
function nextOf(found) {
  const there = found.filter(Boolean);
  if (there.length) rows.choose(there[(there.indexOf(rows.chosen()) + 1) % there.length], { scroll: false });
}

/** Have what comes next at hand: the words of the next document and its first page. */
function ahead() {
  const next = document.body.dataset.ahead, first = document.querySelector(".page img")?.dataset.wide;
  if (!next) return;
  const fetched = (what) => fetch(next + what, { priority: "low" }).catch(() => {});
  setTimeout(async () => {
    await fetched("/text");
    if (first) await fetched(`/page/1/${first}`);
  }, 1000); // this one's pages come first
}

// beginning --------------------------------------------------------------------------------------------------------

showWho();
rows.count();
pages.open();
watch((place) => nextOf(pages.hit(place)), pick);
const asked = location.hash === "#unsure" ? rows.firstUnsure() : document.getElementById(decodeURIComponent(location.hash.slice(1)) || document.body.dataset.first);
rows.choose(asked || rows.next() || rows.visible()[0]);
const slow = setTimeout(() => toast("The words of the pages are still being read; what is shown can be decided on already."), 2000); // a scan
if (document.body.dataset.scan) await pages.drawn(); // reading a scan anew takes long, and no page can be drawn meanwhile
const fits = await pages.read(rows.base.split("/").at(-1));
clearTimeout(slow);
document.getElementById("unfit").hidden = fits;
rows.redraw();
document.body.dataset.ready = "yes"; // for those who drive the page
if (picked()) pick(picked());
ahead();
addEventListener("beforeunload", (event) => { if (form.dirty()) event.preventDefault(); }); // a link, a reload: the browser asks
addEventListener("pageshow", () => { leaving = false; }); // back again
addEventListener("hashchange", () => {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (row?.matches(".row")) rows.choose(row);
});
setInterval(() => { if (!document.hidden && !document.querySelector("dialog[open]")) rows.refresh(form.current()); }, 4000);
