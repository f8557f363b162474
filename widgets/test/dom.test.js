import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { beforeEach, test } from "node:test";
import { h, slider } from "../src/lib/dom.js";
import { open } from "./page.js";

beforeEach(() => open());

test("a key pressed in a control stays the control's, in JupyterLab too", () => {
  const own = (node) => node.getAttribute("data-lm-suppress-shortcuts") === "true";
  for (const tag of ["button", "input", "select", "textarea"]) assert.ok(own(h(tag)), tag);
  assert.ok(own(h("div", { tabindex: 0 })));
  assert.ok(!own(h("p")));
  assert.ok(own(slider({ label: "x", min: 0, max: 1, step: 0.1, onInput() {} }).input));
});

test("every control is made by h(), which sees to that", async () => {
  const source = new URL("../src/", import.meta.url);
  for (const file of await readdir(source, { recursive: true })) {
    if (!file.endsWith(".js") || file.endsWith("dom.js")) continue;
    const text = await readFile(new URL(file, source), "utf8");
    assert.doesNotMatch(text, /createElement\(["'](?:input|select|button|textarea)/, file);
  }
});
