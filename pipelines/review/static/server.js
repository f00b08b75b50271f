// What the page asks the server, and what it tells the person.

/** Send JSON; gives {status, body}. Never throws: without an answer the status is 0. */
export async function post(url, body) {
  try {
    const answer = await fetch(url, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    return { status: answer.status, body: await json(answer) };
  } catch {
    return { status: 0, body: { errors: { "": "No answer: is casesift review still running?" } } };
  }
}

async function json(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: { "": text || `The server answered ${answer.status}.` } };
  }
}

/** Get text; gives {status, text, headers}. */
export async function get(url) {
  try {
    const answer = await fetch(url);
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  } catch {
    return { status: 0, text: "No answer: is casesift review still running?", headers: new Headers() };
  }
}

let hiding = 0;

/** Tell something in passing. */
export function toast(text, bad = false) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.className = bad ? "on bad" : "on";
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.className = bad ? "bad" : ""; }, bad ? 8000 : 3500);
}

// the curator's name: as told in this tab since the server was started so, else what it was started with, else of this browser
const KEY = "casesift-who";

export function who() {
  const told = document.body.dataset.who, here = sessionStorage.getItem(`${KEY}-of`) === (told ?? "") ? sessionStorage.getItem(KEY) : "";
  return here || told || localStorage.getItem(KEY) || "";
}

let questions = 0;

/** How many questions this page has asked in dialogs so far. */
export const asked = () => questions;

/** Open a dialog that asks something. */
export function show(dialog) {
  questions++;
  dialog.returnValue = "";
  dialog.showModal();
}

/** The curator's name; asks for it when nobody has told it, or when `anew`. Gives "" when the person would rather not. */
export function askWho(anew = false) {
  if (who() && !anew) return Promise.resolve(who());
  const dialog = document.getElementById("who-dialog");
  const field = dialog.querySelector("input");
  field.value = who();
  show(dialog);
  field.select();
  return new Promise((resolve) => {
    dialog.querySelector(".cancel").onclick = () => dialog.close("");
    dialog.addEventListener("close", () => {
      const name = field.value.trim();
      if (dialog.returnValue !== "ok" || !name) return resolve(anew ? who() : "");
      sessionStorage.setItem(KEY, name);
      sessionStorage.setItem(`${KEY}-of`, document.body.dataset.who ?? "");
      localStorage.setItem(KEY, name);
      showWho();
      resolve(name);
    }, { once: true });
  });
}

/** Ask in a dialog that offers buttons with `data-choose`; gives the chosen one, "" for Esc. `keys`: keys that choose. */
export function choice(dialog, keys = {}) {
  show(dialog);
  return new Promise((resolve) => {
    dialog.onclick = (event) => { const chosen = event.target.closest("[data-choose]")?.dataset.choose; if (chosen !== undefined) dialog.close(chosen); };
    dialog.onkeydown = (event) => {
      if (event.repeat) return event.preventDefault(); // a key that is held decides nothing
      if (Object.hasOwn(keys, event.key) && !event.ctrlKey && !event.metaKey) dialog.close(keys[event.key]);
    };
    dialog.onclose = () => resolve(dialog.returnValue);
  });
}

export function showWho() {
  for (const button of document.querySelectorAll('[data-do="who"]')) button.textContent = who() || "Your name?";
}
