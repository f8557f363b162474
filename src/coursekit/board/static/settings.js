// The teacher's switches, kept in the browser: a wall that is reloaded still shows no names.

const PLACE = "coursekit.board";
const CHOICES = { join: [true, false], names: [true, false], sort: ["name", "need"], span: ["chapter", "all"] };

function read() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {}; // storage is refused, or someone else wrote there
  }
}

const kept = read();

/** Each switch's value: what was chosen, else the first of its choices. */
export const settings = Object.fromEntries(
  Object.entries(CHOICES).map(([name, choices]) => [name, choices.includes(kept[name]) ? kept[name] : choices[0]]),
);

/** Sets a switch, and keeps it for the next visit where the browser allows that. */
export function choose(name, value) {
  settings[name] = value;
  try {
    localStorage.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // the choice holds for this visit
  }
}
