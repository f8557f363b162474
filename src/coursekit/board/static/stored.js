// What is stored, and the buttons that erase it.
import { ask } from "./connection.js";
import { at, clock, count, h, place, say } from "./dom.js";

/** A list that is open follows the room, but asks no more often than this, in ms. */
const EVERY = 3000;

export class Stored {
  /** @param callName (id) => what a learner is called on the page. */
  constructor(callName, say) {
    this.callName = callName;
    this.tell = say;
    this.rows = new Map();
    this.fold = at("stored");
    this.fold.addEventListener("toggle", () => this.fold.open && this.load());
    at("erase-all").addEventListener("click", () => this.#eraseAll());
  }

  /** The room has changed: the open list is asked for again, soon. */
  changed() {
    if (this.fold.open) this.timer ??= setTimeout(() => this.load(), EVERY);
  }

  /** Brings the list up to date. */
  async load() {
    clearTimeout(this.timer);
    this.timer = null;
    try {
      const { learners, kept, file } = await ask("api/stored");
      this.draw(learners);
      if (!at("kept").firstChild) at("kept").append(...kept.map((text) => h("li", {}, text)));
      say(at("stored-file"), file);
    } catch (error) {
      say(at("stored-sum"), error.message);
    }
  }

  draw(learners) {
    this.learners = learners;
    const kept = new Map();
    for (const { id, events, since } of learners) {
      const row = this.rows.get(id) ?? this.#row(id);
      const [name, sum, time] = row.children;
      const called = this.callName(id);
      if (name.textContent !== called) name.replaceChildren(h("bdi", {}, called));
      say(sum, String(events));
      say(time, clock(since));
      row.lastElementChild.firstElementChild.lastElementChild.textContent = ` ${called}`;
      kept.set(id, row);
    }
    this.rows = kept;
    place(at("stored-rows"), [...kept.values()]);
    at("stored-list").hidden = learners.length === 0;
    at("erase-all").disabled = learners.length === 0;
    say(at("stored-sum"), learners.length ? `${this.#sum()}.` : "Nothing is stored.");
  }

  /** Writes all names anew. */
  rename() {
    if (this.learners) this.draw(this.learners);
  }

  #sum() {
    const events = this.learners.reduce((sum, learner) => sum + learner.events, 0);
    return `${count(this.learners.length, "learner")}, ${count(events, "event")}`;
  }

  #row(id) {
    const button = h("button", { type: "button", onclick: () => this.#eraseOne(id) }, "Erase…", h("span", { class: "vh" }));
    return h("tr", { "data-learner": id }, h("th", { scope: "row" }), h("td"), h("td"), h("td", {}, button));
  }

  async #eraseOne(id) {
    const { events, since } = this.learners.find((learner) => learner.id === id);
    const name = this.callName(id);
    const erased = await confirm({
      title: `Erase what is stored about \u2068${name}\u2069?`,
      text: `${count(events, "event")} since ${clock(since)} will be gone from this server for good. The learner’s own ` +
        "folder keeps its notes; whoever joins again starts from nothing here.",
      yes: "Erase this learner",
      act: () => ask(`api/learners/${encodeURIComponent(id)}`, { method: "DELETE", headers: { "X-Board": "1" } }),
    });
    if (!erased) return;
    const row = this.rows.get(id);
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    this.draw(this.learners.filter((learner) => learner.id !== id));
    (next?.querySelector("button") ?? this.fold.querySelector("summary")).focus();
    this.tell(`Erased: ${name}.`);
  }

  async #eraseAll() {
    const erased = await confirm({
      title: "Erase everything?",
      text: `${this.#sum()} will be gone from this server for good, and with them everybody’s seat at this board: who ` +
        "wants to go on joins again. The learners’ own folders keep their notes.",
      yes: "Erase everything",
      act: () => ask("api/stored", { method: "DELETE", headers: { "X-Board": "1" } }),
    });
    if (!erased) return;
    this.draw([]);
    this.fold.querySelector("summary").focus();
    this.tell("Everything is erased.");
  }
}

/** Asks in the page's dialog; true once the act is done, false if it was not wanted. */
function confirm({ title, text, yes, act }) {
  const dialog = at("ask");
  say(at("ask-title"), title);
  say(at("ask-text"), text);
  say(at("ask-error"), "");
  say(at("ask-yes"), yes);
  return new Promise((resolve) => {
    let done = false;
    at("ask-no").onclick = () => dialog.close();
    at("ask-yes").onclick = async () => {
      at("ask-yes").disabled = true;
      try {
        await act();
        done = true;
        dialog.close();
      } catch (error) {
        say(at("ask-error"), `Not erased. ${error.message}`);
      }
      at("ask-yes").disabled = false;
    };
    dialog.onclose = () => resolve(done);
    dialog.showModal();
    at("ask-no").focus();
  });
}
