// The queue: keys, and the filters' selects act at once.
import { askWho, post, showWho, toast } from "./server.js";

const rows = [...document.querySelectorAll(".documents tbody tr")];
const links = rows.map((row) => row.querySelector("a"));
const help = document.getElementById("help");
let at = -1;

function go(step) {
  if (!links.length) return;
  at = Math.min(Math.max(at + step, 0), links.length - 1);
  links[at].focus();
  rows[at].scrollIntoView({ block: "nearest" });
}

function follow(rel) {
  document.querySelector(`.paging [rel="${rel}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select") && !event.target.closest("dialog")) return; // a dialog that has just closed may still hold the focus
  at = Math.max(links.indexOf(document.activeElement), at);
  const act = {
    j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1), "/": () => document.querySelector('[name="q"]').focus(),
    "]": () => follow("next"), "[": () => follow("prev"), "?": () => help.showModal(),
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

/** A file that was renamed and saved anew: decisions on the old one go on with the new one. */
async function succeed({ old, new: by }) {
  const { status, body } = await post("/succeed", { old, new: by });
  if (status === 200) location.reload();
  else toast(Object.values(body.errors ?? { "": "It was refused." }).join(" "), true);
}

for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit(select.form.querySelector(".primary")));
}
document.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-do]")?.dataset.do;
  if (wanted === "who") askWho(true);
  if (wanted === "help") help.showModal();
  if (wanted === "succeed") return succeed(event.target.closest("[data-do]").dataset);
  // the whole line leads to the document
  const row = event.target.closest(".documents tbody tr");
  if (row && !event.target.closest("a") && getSelection().isCollapsed) row.querySelector("a").click();
});
// what is not asked for need not stand in the address
document.querySelector(".filters").addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (!value || (name === "sort" && value === "unsure")) event.formData.delete(name);
});
// the words of the document that is opened next, most likely
const ahead = document.body.dataset.ahead;
if (ahead) setTimeout(() => fetch(`${ahead}/text`, { priority: "low" }).catch(() => {}), 500);
showWho();
document.body.dataset.ready = "yes"; // for those who drive the page
