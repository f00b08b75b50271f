// Where two curators differ: one key settles a row.
import { askWho, post, showWho, toast } from "./server.js";

const all = () => [...document.querySelectorAll(".difference")];
const chosen = () => document.querySelector('.difference[aria-current="true"]');

function choose(row) {
  chosen()?.removeAttribute("aria-current");
  if (!row) return;
  row.setAttribute("aria-current", "true");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = all();
  choose(rows[Math.min(Math.max(rows.indexOf(chosen()) + by, 0), rows.length - 1)]);
}

async function settle(row, side) {
  if (!row || row.dataset.settling) return;
  const who = await askWho();
  if (!who) return;
  row.dataset.settling = "yes"; // once is enough
  const { status, body } = await post("/settle", { key: row.dataset.key, side, who });
  delete row.dataset.settling;
  if (status !== 200) return toast(Object.values(body.errors ?? { "": "It was refused." }).join(" "), true);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  choose(next);
  const left = all().length;
  document.querySelector(".meter span").textContent = `${left} ${left === 1 ? "row" : "rows"} to settle`;
  toast("Settled.");
}

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-do="who"]')) return askWho(true);
  const row = event.target.closest(".difference"), side = event.target.closest("[data-side]")?.dataset.side;
  if (row) choose(row);
  if (side !== undefined) settle(row, Number(side));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.closest("input")) return;
  const act = { j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), 1: () => settle(chosen(), 0), 2: () => settle(chosen(), 1), q: () => { location.href = "/"; } }[event.key];
  if (!act || (event.repeat && "12".includes(event.key))) return; // a key that is held down settles nothing
  event.preventDefault();
  act();
});
showWho();
choose(all()[0]);
document.body.dataset.ready = "yes"; // for those who drive the page
