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

// the curator's name: of this tab, else of this browser, else what the server was started with
const KEY = "casesift-who";

export function who() {
  return sessionStorage.getItem(KEY) || localStorage.getItem(KEY) || document.body.dataset.who || "";
}

/** The curator's name; asks for it when nobody has told it, or when `anew`. Gives "" when the person would rather not. */
export function askWho(anew = false) {
  if (who() && !anew) return Promise.resolve(who());
  const dialog = document.getElementById("who-dialog");
  const field = dialog.querySelector("input");
  field.value = who();
  dialog.returnValue = "";
  dialog.showModal();
  field.select();
  return new Promise((resolve) => {
    dialog.querySelector(".cancel").onclick = () => dialog.close("");
    dialog.addEventListener("close", () => {
      const name = field.value.trim();
      if (dialog.returnValue !== "ok" || !name) return resolve(anew ? who() : "");
      sessionStorage.setItem(KEY, name);
      localStorage.setItem(KEY, name);
      showWho();
      resolve(name);
    }, { once: true });
  });
}

export function showWho() {
  for (const button of document.querySelectorAll('[data-do="who"]')) button.textContent = who() || "Your name?";
}
