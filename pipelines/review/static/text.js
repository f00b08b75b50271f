// The text of a document: characters counted as Python counts them (code points), words with their places on the pages.

export class Text {
  constructor({ text, words }) {
    this.chars = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
    this.pages = new Map();
    this.words = words.map(([page, start, end, x0, top, x1, bottom]) => ({ page, start, end, x0, top, x1, bottom }));
    for (const word of this.words) {
      if (!this.pages.has(word.page)) this.pages.set(word.page, []);
      this.pages.get(word.page).push(word);
    }
  }

  slice(start, end) {
    const part = this.chars.slice(start, end);
    return typeof part === "string" ? part : part.join("");
  }

  /** The words that have a character in start..end. They are in order of both. */
  within(start, end) {
    let low = 0, high = this.words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].end <= start) low = middle + 1; else high = middle;
    }
    const found = [];
    for (let i = low; i < this.words.length && this.words[i].start < end; i++) found.push(this.words[i]);
    return found;
  }

  /** Rectangles around start..end, one for each line of print. */
  lines(start, end) {
    const lines = [];
    let before = null;
    for (const word of this.within(start, end)) {
      const length = word.end - word.start, wide = word.x1 - word.x0;
      const x0 = word.x0 + wide * Math.max(0, start - word.start) / length;
      const x1 = word.x1 - wide * Math.max(0, word.end - end) / length;
      const last = lines.at(-1);
      const goesOn = last && before.page === word.page && word.top < before.bottom && word.bottom > before.top && x0 >= last.x0 && x0 - last.x1 < 4 * (word.bottom - word.top);
      if (goesOn) {
        last.x1 = Math.max(last.x1, x1);
        last.top = Math.min(last.top, word.top);
        last.bottom = Math.max(last.bottom, word.bottom);
      } else lines.push({ page: word.page, x0, top: word.top, x1, bottom: word.bottom });
      before = word;
    }
    return lines;
  }

  /** Where a sentence stands that holds the character at `near`; null when it is not found. */
  sentence(sentence, near) {
    if (!sentence || typeof this.chars !== "string") return null;
    const pattern = sentence.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
    const from = Math.max(0, near - sentence.length - 200);
    const match = new RegExp(pattern).exec(this.chars.slice(from, near + sentence.length + 200));
    return match ? [from + match.index, from + match.index + match[0].length] : null;
  }
}

/** How many code points a string has. */
export function points(text) {
  let n = 0;
  for (const _ of text) n++;
  return n;
}
