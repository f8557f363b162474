// The class board: what the server tells goes to the room, and what changed of the room to the page.
import { Announcer } from "./announce.js";
import { connect } from "./connection.js";
import { at, clock, count, h, put, say } from "./dom.js";
import { Guesses } from "./guesses.js";
import { Matrix } from "./matrix.js";
import { Room } from "./room.js";
import { choose, settings } from "./settings.js";
import { Stored } from "./stored.js";
import { Stuck } from "./stuck.js";

/** Rows that are ordered by need move no more often than this, in ms. */
const CALM = 5000;

const room = new Room();
const stuck = new Stuck({ standing: at("standing"), mistakes: at("mistakes"), none: at("no-mistakes") }, room);
const matrix = new Matrix(at("matrix"), room);
const guesses = new Guesses(at("guesses"), room);
const announcer = new Announcer(at("said"));
const called = (id) => (room.learners.has(id) ? room.name(id, settings.names) : "Learner");
const stored = new Stored(called, (text) => say(at("said"), text));
let chapter; // the one shown
let arranging = null; // a timer: the rows will be put in order

// --- what the server tells ----------------------------------------------------------------------

let first = true;
connect({
  snapshot(data) {
    const changes = room.load(data);
    if (changes.all) offerChapters();
    showJoin();
    update(changes);
    // What was there before the page was opened is no news.
    if (!first && !changes.all) announcer.add(changes);
    first = false;
  },
  change(data) {
    const changes = room.apply(data);
    update(changes);
    announcer.add(changes);
  },
  state({ live, since, refused }) {
    put(at("state"), "data-state", live ? "live" : "lost");
    say(at("state-words"), live ? "live" : (refused ?? `not connected since ${clock(since)}, trying again`));
  },
});

function update(changes) {
  const empty = room.learners.size === 0;
  at("room").hidden = empty;
  at("empty").hidden = !empty;
  countHeads();
  const next = wanted();
  const other = changes.all || next.number !== chapter?.number;
  if (other) showChapter(next);
  if (changes.all || (other && settings.span === "chapter")) showMatrix();
  else matrix.update(changes, settings.names);
  if (!other) guesses.update(changes.joined.length ? guesses.charts.keys() : changes.guesses);
  stuck.update(settings.names);
  if (changes.joined.length || changes.renamed.length) arrange();
  else if (settings.sort === "need" && changes.cells.size) arranging ??= setTimeout(arrangeCalmly, CALM);
  stored.changed();
}

function countHeads() {
  const here = [...room.learners.keys()].filter((id) => room.isHere(id)).length;
  const all = room.learners.size;
  if (all === 0) say(at("presence"), "nobody here yet");
  else say(at("presence"), here === all ? count(all, "learner here", "learners here") : `${here} of ${count(all, "learner")} here`);
}
setInterval(countHeads, 60_000);

function showJoin() {
  const { url, code } = room.join;
  // On a hub a learner's server knows the address, and who the learner is.
  const words = code ? ["coursekit join", url, code, "--as"] : ["coursekit join", "--as"];
  const text = `${words.join(" ")} NAME`;
  if (at("command").textContent !== text) {
    const parts = words.flatMap((word) => [h("span", {}, word), " "]);
    at("command").style.setProperty("--letters", text.length);
    at("command").replaceChildren(h("code", {}, parts, h("span", { class: "placeholder" }, "NAME")));
  }
  at("join").hidden = !settings.join;
}

// --- the chapter ---------------------------------------------------------------------------------

function offerChapters() {
  const parts = Map.groupBy(room.chapters, ({ part }) => part);
  const options = (chapters) => chapters.map((c) => h("option", { value: c.number }, `${c.number} ${c.title}`));
  const groups = [...parts].map(([part, chapters]) => h("optgroup", { label: part }, options(chapters)));
  at("chapter").replaceChildren(...groups);
}

/** The chapter to show: the teacher's, else where the class is; none while the teacher is choosing. */
function wanted() {
  const choosing = document.activeElement === at("chapter");
  const following = at("follow").checked && !(choosing && chapter);
  return room.chapter(following ? room.current() : chapter?.number) ?? room.chapters[0];
}

function showChapter(next) {
  chapter = next;
  at("chapter").value = next.number;
  stuck.show(next);
  guesses.show(next);
}

function showMatrix() {
  const chapters = settings.span === "all" ? room.chapters : [chapter];
  matrix.show(chapters, { shown: settings.names, order: settings.sort, chapter });
}

function switchChapter() {
  showChapter(wanted());
  if (settings.span === "chapter") showMatrix();
  else arrange();
  stuck.update(settings.names);
}

at("chapter").addEventListener("change", () => {
  at("follow").checked = false;
  chapter = room.chapter(at("chapter").value);
  switchChapter();
});
at("follow").addEventListener("change", switchChapter);

// --- order, columns, names -------------------------------------------------------------------------

function arrange() {
  clearTimeout(arranging);
  arranging = null;
  matrix.arrange(settings.sort, chapter, settings.names);
}

/** Puts the rows in order, but not under the eyes of who is reading in them. */
function arrangeCalmly() {
  if (matrix.inUse) arranging = setTimeout(arrangeCalmly, CALM);
  else arrange();
}

for (const [id, redraw] of [["sort", arrange], ["span", showMatrix]]) {
  at(id).value = settings[id];
  at(id).addEventListener("change", () => {
    choose(id, at(id).value);
    redraw();
  });
}

function toggle(name, redraw) {
  const button = at(`show-${name}`);
  put(button, "aria-pressed", String(settings[name]));
  button.addEventListener("click", () => {
    choose(name, !settings[name]);
    put(button, "aria-pressed", String(settings[name]));
    if (room.join) redraw(); // before the first snapshot there is nothing to draw
  });
}
toggle("join", showJoin);
toggle("names", () => {
  if (!chapter) return;
  matrix.rename(settings.names);
  arrange();
  stuck.update(settings.names);
  stored.rename();
});
