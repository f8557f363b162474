// What the printer asks of the book's document, in the browser that prints it: it is evaluated there, and no page
// of the site loads it.
globalThis.press = {
  // Code is not made smaller than this, in pixels of CSS; it wraps instead.
  least: 9.3,

  /** Starts all widgets and waits for the fonts. Returns what failed, in words. */
  async show() {
    const pause = (time) => new Promise((go) => setTimeout(go, time));
    const slots = [...document.querySelectorAll(".ck-slot")];
    for (const slot of slots) {
      slot.scrollIntoView();
      for (let i = 0; i < 400 && !slot.dataset.state; i++) await pause(25);
    }
    await document.fonts.ready;
    const failed = slots.filter((slot) => slot.dataset.state !== "ready");
    const why = (slot) => slot.querySelector(".ck-failed")?.textContent ?? "a widget did not start";
    return failed.map((slot) => `${slot.closest(".chapter").id}: ${why(slot)}`);
  },

  /** Lets what asked for a frame have a few. */
  async rest() {
    for (let i = 0; i < 3; i++) await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 50)));
  },

  /** Prints what a list is set to as words. */
  name() {
    for (const list of document.querySelectorAll(".still select")) {
      const words = Object.assign(document.createElement("span"), { className: "chosen" });
      words.textContent = list.selectedOptions[0]?.textContent ?? "";
      list.replaceWith(words);
    }
  },

  /** Makes smaller what is wider than the column. Returns what still is, in words. */
  fit() {
    const size = (element) => parseFloat(getComputedStyle(element).fontSize);
    const boxes = [...document.querySelectorAll("pre, .math-line, .scroll")];
    for (const box of boxes) {
      for (let i = 0; i < 3 && box.scrollWidth > box.clientWidth + 1; i++) {
        const share = (0.995 * box.clientWidth) / box.scrollWidth;
        if (box.matches("pre") && size(box) * share < this.least) {
          box.classList.add("wrap");
          continue;
        }
        for (const each of box.matches("pre") ? [box] : box.children)
          each.style.fontSize = `${size(each) * Math.max(0.5, share)}px`;
      }
    }
    const { left, right } = document.body.getBoundingClientRect();
    const out = (element) => {
      if (element.parentElement.closest("svg, .katex, .visually-hidden, .ck-hidden")) return 0;
      const box = element.getBoundingClientRect();
      const inner = boxes.includes(element) ? element.scrollWidth - element.clientWidth : 0;
      return Math.max(box.right - right, left - box.left, inner);
    };
    const name = (element) => `${element.localName}.${element.getAttribute("class")}`;
    return [...document.querySelectorAll("body > section *, body > nav *")]
      .filter((element) => out(element) > 2)
      .map((element) => `${element.closest("[id]")?.id}: ${name(element)} by ${Math.round(out(element))} px`);
  },

  /** Writes the page numbers. */
  number(pages) {
    for (const each of document.querySelectorAll(".page-of")) each.textContent = pages[each.dataset.goal];
  },
};
