// The progress page: sums by chapter; export to a file, import from one, erase. See progress.js.
(() => {
  "use strict";
  const { course, exists, known, read, write, keys, keeps, keyOf, ticks, tick, same, done, complete, changed } =
    window.ckProgress;
  const LARGEST = 1_000_000;
  const STATUS = ["right", "look again", "not yet"];
  const EXPECTED = "Expected is a file exported from this page, or the progress.jsonl that the notebooks write.";
  const find = (selector) => document.querySelector(selector);
  const said = find(".progress-said");
  const dialog = find(".progress-dialog");
  const many = (count, one, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;

  function show() {
    const sums = { objectives: [0, 0], exercises: [0, 0], quiz: [0, 0] };
    let whole = 0;
    for (const row of document.querySelectorAll("[data-page]")) {
      const { page } = row.dataset;
      const counts = done(page);
      for (const [kind, [some, all]] of Object.entries(counts)) {
        fill(row, kind, some, all);
        sums[kind][0] += some;
        sums[kind][1] += all;
      }
      row.toggleAttribute("data-complete", complete(page));
      whole += complete(page);
    }
    for (const [kind, [some, all]] of Object.entries(sums)) fill(find("tfoot tr"), kind, some, all);
    const told = (kind) => `${sums[kind][0]} of ${sums[kind][1]}`;
    find(".progress-sum").textContent =
      `So far: ${told("objectives")} objectives and ${told("exercises")} exercises ticked, ` +
      `${told("quiz")} quiz questions right. ${whole} of ${Object.keys(course).length} chapters are complete.`;
    find(".progress-barred").hidden = keeps();
  }

  function fill(row, kind, some, all) {
    const cell = row.querySelector(`[data-kind=${kind}]`);
    cell.querySelector("b").textContent = some;
    cell.classList.toggle("all", some === all);
  }

  function save() {
    const kept = Object.fromEntries(keys().map((key) => [key, read(key)]).filter(([key, value]) => value !== null && kindOf(key)));
    const content = { course: "gradients", kind: "progress", version: 1, saved: new Date().toISOString(), kept };
    const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: "gradients-progress.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    said.textContent = "Exported to gradients-progress.json.";
  }

  const kindOf = (key) => /^(progress|quiz|guess):[\w./-]{1,100}$/.exec(key)?.[1];
  const quizzes = new Map(Object.values(course).flatMap(({ quiz }) => (quiz ? [[quiz.key, quiz]] : [])));
  const chapterOf = new Map(Object.entries(course).flatMap(([page, { exercises }]) => exercises.map((id) => [id, page])));

  const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };

  /** The entries that a file asks to be kept, as [key, value]; what is wrong with it is thrown. */
  function entries(text) {
    const whole = parse(text);
    if (isRecord(whole) && whole.course === "gradients" && whole.kind === "progress") {
      if (whole.version !== 1 || !isRecord(whole.kept)) throw new Error(`It is of a version that this page does not know. ${EXPECTED}`);
      return Object.entries(whole.kept);
    }
    const right = new Map();
    const lines = text.split("\n");
    lines.forEach((line, i) => {
      if (!line.trim()) return;
      const event = parse(line);
      if (isRecord(event) && (typeof event.quiz === "string" || typeof event.prediction === "string")) return;
      if (!isRecord(event) || typeof event.exercise !== "string" || !STATUS.includes(event.status))
        throw new Error(`Its line ${i + 1} tells of no exercise. ${EXPECTED}`);
      const page = chapterOf.get(event.exercise) ?? `?${event.exercise}`;
      if (event.status === "right") right.set(page, [...(right.get(page) ?? []), event.exercise]);
    });
    if (!lines.some((line) => line.trim())) throw new Error(`It is empty. ${EXPECTED}`);
    return [...right].map(([page, ids]) => [keyOf(page), ids]);
  }

  /** Add what is new; nothing that is ticked or right is lost. Says how much was added and what was left out. */
  function merge(given) {
    const news = { ticks: 0, answers: 0, left: 0 };
    for (const [key, value] of given) {
      const name = key.slice(key.indexOf(":") + 1);
      const kind = kindOf(key);
      if (kind === "progress" && exists(name) && Array.isArray(value)) mergeTicks(name, value, news);
      else if (kind === "quiz" && quizzes.has(name) && isRecord(value)) mergeQuiz(key, quizzes.get(name), value, news);
      else if (kind === "guess" && ["string", "number"].includes(typeof value)) {
        if (read(key) === null) write(key, value);
      } else news.left += 1;
    }
    return news;
  }

  function mergeTicks(page, given, news) {
    const ids = ticks(page);
    const before = ids.size;
    for (const id of new Set(given)) {
      if (known(page).includes(id)) ids.add(id);
      else news.left += 1;
    }
    news.ticks += ids.size - before;
    if (ids.size > before) tick(page, ids);
  }

  function mergeQuiz(key, quiz, given, news) {
    const fits = (value) => isRecord(value) && value.edition === quiz.edition && Array.isArray(value.answers) &&
      value.answers.length === quiz.right.length && value.answers.every((chosen) => Array.isArray(chosen) && chosen.every(Number.isInteger));
    if (!fits(given)) {
      news.left += 1;
      return;
    }
    const kept = fits(read(key)) ? read(key).answers : quiz.right.map(() => []);
    const answers = quiz.right.map((right, i) => {
      if (same(right, kept[i])) return kept[i];
      if (same(right, given.answers[i])) {
        news.answers += 1;
        return given.answers[i];
      }
      return kept[i].length ? kept[i] : given.answers[i];
    });
    write(key, { edition: quiz.edition, answers });
  }

  function report(name, { ticks: added, answers, left }) {
    const news = [added && many(added, "tick"), answers && many(answers, "right answer")].filter(Boolean);
    const rest = left ? ` ${many(left, "entry belongs", "entries belong")} to nothing in this edition of the course and ${left === 1 ? "was" : "were"} left out.` : "";
    return `Imported ${name}: ${news.length ? `${news.join(" and ")} new` : "nothing in it is new"}.${rest}`;
  }

  async function load({ target }) {
    const [file] = target.files;
    if (!file) return;
    try {
      if (file.size > LARGEST) throw new Error(`It has ${(file.size / 1e6).toFixed(1)} MB, and a file of your progress has less than 1. ${EXPECTED}`);
      said.textContent = report(file.name, merge(entries(await file.text())));
      changed();
    } catch (error) {
      said.textContent = `${file.name} was not imported. ${error.message}`;
    }
    target.value = ""; // the same file can be chosen again
  }

  function erase() {
    for (const key of keys()) write(key, null);
    said.textContent = "Erased.";
    changed();
  }

  find("[data-do=export]").addEventListener("click", save);
  find("input[type=file]").addEventListener("change", load);
  const first = find("[data-do=export-first]");
  first.addEventListener("click", () => {
    save();
    first.textContent = "Exported"; // what is said behind the dialog is not heard
  });
  find("[data-do=erase]").addEventListener("click", () => {
    first.textContent = "Export it first";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "erase") erase();
    dialog.returnValue = "";
  });
  document.addEventListener("coursekit:progress", show);
  show();
})();
