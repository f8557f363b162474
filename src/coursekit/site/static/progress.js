// What the reader has done, kept by this browser alone (see book/progress.md): boxes for objectives and
// exercises, a mark beside the chapters that are complete. What exists in the course stands in window.ckCourse.
(() => {
  "use strict";
  const PREFIX = "coursekit:";
  const course = window.ckCourse;
  const visit = new Map(); // what storage does not take holds until the page is left

  const keyOf = (page) => `progress:${page}`;

  function read(key) {
    if (visit.has(key)) return visit.get(key);
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key));
    } catch {
      return null; // no storage, or not written by us
    }
  }

  /** Keep a value, or forget it (null). */
  function write(key, value) {
    try {
      if (value === null) localStorage.removeItem(PREFIX + key);
      else localStorage.setItem(PREFIX + key, JSON.stringify(value));
      visit.delete(key);
    } catch {
      visit.set(key, value);
    }
  }

  /** Whether the browser keeps what it is given. */
  function keeps() {
    try {
      localStorage.setItem(`${PREFIX}?`, "0");
      localStorage.removeItem(`${PREFIX}?`);
      return true;
    } catch {
      return false;
    }
  }

  /** The names of all that is kept. */
  function keys() {
    const found = new Set([...visit].filter(([, value]) => value !== null).map(([key]) => key));
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith(PREFIX) && !visit.has(key.slice(PREFIX.length))) found.add(key.slice(PREFIX.length));
    } catch {
      // Only what this visit holds.
    }
    return [...found].sort();
  }

  const exists = (page) => Object.hasOwn(course, page);
  const known = (page) => [...course[page].objectives, ...course[page].exercises];

  /** What is ticked in a chapter, of what it has. */
  function ticks(page) {
    const kept = read(keyOf(page));
    return new Set(Array.isArray(kept) ? known(page).filter((id) => kept.includes(id)) : []);
  }

  function tick(page, ids) {
    write(keyOf(page), ids.size ? [...ids] : null);
  }

  const same = (right, chosen) =>
    Array.isArray(chosen) && chosen.length === right.length && right.every((option) => chosen.includes(option));

  /** For each question of a chapter's quiz whether it is answered right. */
  function answers(page) {
    const { quiz } = course[page];
    if (!quiz) return [];
    const kept = read(`quiz:${quiz.key}`);
    const given = kept?.edition === quiz.edition && Array.isArray(kept.answers) ? kept.answers : [];
    return quiz.right.map((right, i) => same(right, given[i]));
  }

  /** How much of a chapter is done, by kind: [done, of]. */
  function done(page) {
    const ticked = ticks(page);
    const count = (ids) => [ids.filter((id) => ticked.has(id)).length, ids.length];
    const right = answers(page);
    return {
      objectives: count(course[page].objectives),
      exercises: count(course[page].exercises),
      quiz: [right.filter(Boolean).length, right.length],
    };
  }

  const complete = (page) => Object.values(done(page)).every(([some, all]) => some === all);

  const root = new URL(document.documentElement.dataset.content_root, location.href).href;
  const pageOf = (link) => {
    const address = link.href.split(/[?#]/)[0];
    return address.startsWith(root) ? address.slice(root.length).replace(/\.html$/, "") : "";
  };

  function markChapters() {
    for (const link of document.querySelectorAll(".chapters a")) {
      const page = pageOf(link);
      if (!exists(page)) continue;
      const mark = link.querySelector(".complete");
      const is = complete(page);
      if (is === Boolean(mark)) continue;
      if (mark) mark.remove();
      else {
        const words = Object.assign(document.createElement("span"), { className: "visually-hidden" });
        words.textContent = " (complete)";
        const sign = Object.assign(document.createElement("span"), { className: "complete" });
        sign.append(words);
        link.append(sign);
      }
    }
  }

  const boxes = [...document.querySelectorAll("input.tick")].filter(({ dataset }) => exists(dataset.page));
  const show = () => {
    for (const box of boxes) box.checked = ticks(box.dataset.page).has(box.value);
    markChapters();
  };

  /** Say once, where it is seen, that a tick will not last. */
  function warn(box) {
    if (keeps() || document.querySelector(".tick-note")) return;
    const note = Object.assign(document.createElement("p"), { className: "tick-note" });
    note.setAttribute("role", "status");
    box.closest("ul, .heading").after(note);
    note.textContent = "Your browser lets this site keep nothing: the tick holds until you leave this page.";
  }

  for (const box of boxes)
    box.addEventListener("change", () => {
      const ids = ticks(box.dataset.page);
      if (box.checked) ids.add(box.value);
      else ids.delete(box.value);
      tick(box.dataset.page, ids);
      warn(box);
      markChapters();
    });
  // A quiz keeps its answers itself, a moment after it was asked to.
  for (const kind of ["submit", "click"])
    document.addEventListener(kind, ({ target }) => {
      if (target.closest?.(".ck-quiz")) setTimeout(markChapters);
    });
  const changed = () => {
    show();
    document.dispatchEvent(new CustomEvent("coursekit:progress"));
  };
  addEventListener("storage", changed); // another tab
  addEventListener("pageshow", ({ persisted }) => persisted && changed());
  window.ckProgress = { course, exists, known, read, write, keys, keeps, keyOf, ticks, tick, same, done, complete, changed };
  show();
})();
