// What a page does besides showing text: color scheme, list of chapters on phones, copying code,
// scrolling by keyboard, marking the section being read. Nothing here is needed to read the page.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];

  function colorScheme() {
    const button = document.querySelector(".mode-button");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const names = { auto: "automatic", light: "light", dark: "dark" };
    const apply = () => {
      const { mode } = root.dataset;
      root.dataset.theme = mode === "auto" ? (system.matches ? "dark" : "light") : mode;
      button.querySelector(".mode-name").textContent = `Color scheme: ${names[mode]}`;
      button.title = `Color scheme: ${names[mode]}`;
    };
    button.addEventListener("click", () => {
      // From automatic, the first click always changes what is seen.
      const order = system.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
      root.dataset.mode = order[(order.indexOf(root.dataset.mode) + 1) % 3];
      try {
        localStorage.setItem("coursekit-mode", root.dataset.mode);
      } catch {
        // Storage may be barred; the choice then holds for this page only.
      }
      apply();
    });
    system.addEventListener("change", apply);
    addEventListener("beforeprint", () => (root.dataset.theme = "light"));
    addEventListener("afterprint", apply);
    apply();
  }

  function chapterList() {
    const button = document.querySelector(".menu-button");
    if (!button) return; // slides have no list of chapters
    const rest = all(".page, .contents, .foot");
    const open = (state) => {
      root.toggleAttribute("data-chapters-open", state);
      button.setAttribute("aria-expanded", String(state));
      for (const part of rest) part.inert = state;
      if (state) document.querySelector(".chapters a")?.focus();
    };
    button.addEventListener("click", () => open(!root.hasAttribute("data-chapters-open")));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !root.hasAttribute("data-chapters-open")) return;
      open(false);
      button.focus();
    });
    document.querySelector(".frame").addEventListener("click", (event) => {
      if (root.hasAttribute("data-chapters-open") && !event.target.closest(".chapters")) open(false);
    });
    matchMedia("(min-width: 64rem)").addEventListener("change", () => open(false));
  }

  function copyButtons() {
    if (!navigator.clipboard) return;
    for (const block of all(".cell_input .highlight, .text > section :is(.highlight-python, .highlight-sh, .highlight-text) .highlight")) {
      if (block.querySelector(".copy")) continue;
      const button = Object.assign(document.createElement("button"), {
        className: "copy",
        type: "button",
        textContent: "Copy",
      });
      button.setAttribute("aria-label", "Copy this code");
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.querySelector("pre").textContent.trimEnd());
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = "Copy"), 1500);
      });
      block.append(button);
    }
  }

  /** What scrolls sideways can be scrolled by keyboard. */
  function scrollers() {
    const names = { PRE: "Code or table, scrolls sideways", DIV: "Wide content, scrolls sideways" };
    const look = (target) => {
      const scrolls = target.scrollWidth > target.clientWidth + 1;
      if (scrolls) {
        target.tabIndex = 0;
        target.setAttribute("role", "group");
        target.setAttribute("aria-label", names[target.tagName]);
      } else for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
    };
    const wide = all(".text pre, .scroll, .math-line");
    const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => look(target)));
    for (const element of wide) sizes.observe(element);
    // A font that comes late widens what stands in a line, and not the line.
    document.fonts.addEventListener("loadingdone", () => wide.forEach(look));
  }

  function currentSection() {
    const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
    if (!links.size) return;
    const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const mark = () => {
      const passed = headings.filter((each) => each.getBoundingClientRect().top < innerHeight / 3);
      for (const link of links.values()) link.removeAttribute("aria-current");
      if (passed.length) links.get(passed.at(-1).id).setAttribute("aria-current", "location");
    };
    const sight = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
    headings.forEach((each) => sight.observe(each));
    mark();
  }

  /** A link to something folded opens the fold. */
  function openTarget() {
    const target = document.querySelector(":target");
    const fold = target && target.closest("details:not([open])");
    if (!fold) return;
    fold.open = true;
    target.scrollIntoView();
  }

  colorScheme();
  chapterList();
  copyButtons();
  scrollers();
  currentSection();
  openTarget();
  addEventListener("hashchange", openTarget);
})();
