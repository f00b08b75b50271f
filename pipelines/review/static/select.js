// Selecting text. On a page the words stand each in a box of its own, and browsers jump between such boxes when the pointer is
// between two of them; so the pointer is followed here, from word to word, and the browser's own selection is set to it. In plain
// text the browser does it alone.
import { at, caret, paper } from "./pages.js";
import { points } from "./text.js";

/** Tell `onClick(place)` of a click on a page, `onPick({start, end, text, rect})` of a selection, `onPick(null)` when it goes. */
export function watch(onClick, onPick) {
  let anchor = null, moved = false, from = null;
  for (const page of paper.pages) {
    const layer = page.querySelector(".text");
    layer.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = [event.clientX, event.clientY];
      moved = false;
      anchor = caret(at(...from));
      layer.setPointerCapture(event.pointerId);
      if (event.shiftKey && picked()) extend(event); else getSelection().removeAllRanges();
    });
    layer.addEventListener("mousedown", (event) => { if (event.button === 0) event.preventDefault(); }); // focus stays where it is
    layer.addEventListener("pointermove", (event) => {
      if (!from) return;
      moved ||= Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 4;
      if (moved && anchor) extend(event);
    });
    layer.addEventListener("pointerup", (event) => {
      if (!from) return;
      from = null;
      if (!moved && !event.shiftKey) onClick(at(event.clientX, event.clientY));
      onPick(picked());
    });
    layer.addEventListener("pointercancel", () => { from = null; });
    layer.addEventListener("dblclick", (event) => {
      const here = caret(at(event.clientX, event.clientY));
      if (!here || here.far > 8) return;
      const [from, to] = core(here.node.data);
      getSelection().setBaseAndExtent(here.node, from, here.node, to);
      onPick(picked());
    });
  }
  function extend(event) {
    const to = caret(at(event.clientX, event.clientY));
    if (!to) return;
    if (event.altKey) return getSelection().setBaseAndExtent(anchor.node, anchor.offset, to.node, to.offset); // letter by letter
    const back = to.word.start < anchor.word.start, [first, last] = back ? [to, anchor] : [anchor, to];
    const begin = core(first.node.data)[0], end = core(last.node.data)[1];
    if (back) getSelection().setBaseAndExtent(last.node, end, first.node, begin);
    else getSelection().setBaseAndExtent(first.node, begin, last.node, end);
  }
  document.querySelector(".plain")?.addEventListener("pointerup", () => setTimeout(() => onPick(picked())));
  document.addEventListener("keyup", (event) => { if (event.shiftKey || event.key === "Shift") onPick(picked()); });
  document.addEventListener("selectionchange", () => { if (getSelection().isCollapsed) onPick(null); });
}

/** Where a word begins and ends without the marks around it: "(VAS)," is VAS; "5%" keeps its sign. */
function core(word) {
  const begin = word.match(/^[\s"'“”‘’«»([{<]*/)[0].length, text = word.trimEnd();
  const end = text.length - text.slice(begin).match(/[\s"'“”‘’«»)\]}>.,;:!?]*$/)[0].length;
  return end > begin ? [begin, end] : [0, text.length]; // nothing but marks
}

/** What is selected in the document's text: its first character, one past its last, its words; null when nothing is. */
export function picked() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const from = place(range.startContainer, range.startOffset), to = place(range.endContainer, range.endOffset);
  if (from === null || to === null || to <= from) return null;
  const whole = paper.text ? paper.text.slice(from, to) : selection.toString();
  const text = whole.trim();
  if (!text) return null;
  const start = from + points(whole.slice(0, whole.length - whole.trimStart().length));
  const boxes = range.getClientRects();
  return { start, end: start + points(text), text, rect: boxes[boxes.length - 1] ?? range.getBoundingClientRect() };
}

function place(node, offset) {
  if (node.nodeType !== Node.TEXT_NODE) {
    const child = node.childNodes[offset] ?? node.childNodes[offset - 1];
    const piece = child?.closest?.("[data-start]") ?? child?.querySelector?.("[data-start]") ?? (node.closest?.("[data-start]"));
    if (!piece || !piece.closest(".paper")) return null;
    const after = !node.childNodes[offset];
    return Number(piece.dataset.start) + (after ? points(piece.textContent) : 0);
  }
  const piece = node.parentElement.closest(".paper [data-start]");
  return piece ? Number(piece.dataset.start) + points(node.data.slice(0, offset)) : null;
}
