// A setting in the page's address: "#descent-1&land=ravine&at=-2_0.5&race=sgd_0.05*adam_0.1_0.9_0.999". The number
// is the widget's place among those of its kind on the page.
import { h } from "./dom.js";

/**
 * A button that writes the widget's setting into the page's address and copies that, and at once the setting that the
 * address holds now. `write()` gives the setting as an object of strings; `read(parameters)` takes a URLSearchParams
 * and sets the widget, or throws when it makes no sense. Where there is a kernel, nothing: its page is not to share.
 */
export function addressButton(el, kind, { write, read }, life) {
  if (!el.closest(".ck-slot")) return null;
  const key = `${kind}-${1 + [...document.querySelectorAll(`.ck-${kind}`)].indexOf(el)}`;
  const said = h("span", { class: "ck-note", "aria-live": "polite" });
  const say = (text) => (said.textContent = text);
  const copy = async () => {
    history.replaceState(history.state, "", `#${key}&${new URLSearchParams(write())}`);
    try {
      await navigator.clipboard.writeText(location.href);
      say("Copied.");
    } catch {
      say("The page’s address now holds this setting: copy it from there."); // where a page may not copy by itself
    }
  };
  const open = () => {
    const [name, ...rest] = location.hash.slice(1).split("&");
    if (name !== key) return;
    try {
      read(new URLSearchParams(rest.join("&")));
      say("");
    } catch {
      say("The setting in this page’s address could not be read.");
    }
    const show = requestAnimationFrame(() => el.scrollIntoView({ block: "start", behavior: "instant" }));
    life.add(() => cancelAnimationFrame(show));
  };
  life.listen(globalThis, "hashchange", open);
  open();
  return h("p", { class: "ck-address" }, h("button", { type: "button", class: "ck-button", onclick: copy }, "Copy a link to this setting"), said);
}
