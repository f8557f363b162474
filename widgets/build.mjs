// Builds src/ -> ../src/coursekit/widgets/static/: a script for each group of widgets and one style sheet.
// A script holds all it needs, since a notebook hands a widget its script as text: a page loads only the
// scripts of the widgets on it. With --check: fails when what is committed is not what this source builds.
import { build } from "esbuild";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";

/** Script to the kinds of widget that it draws; each kind is a module of its own in src/. */
const SCRIPTS = {
  "activations.js": ["activations"],
  "batches.js": ["batches"],
  "boosting.js": ["boosting"],
  "clipping.js": ["clipping"],
  "compass.js": ["compass"],
  "course.js": ["predict", "quiz", "reveal"],
  "descent.js": ["descent"],
  "frames.js": ["frames"],
  "gradient_flow.js": ["gradient_flow"],
  "stepper.js": ["stepper"],
  "tangent.js": ["tangent"],
};

const target = new URL("../src/coursekit/widgets/static/", import.meta.url);
const options = { bundle: true, minify: true, write: false, target: "es2022", legalComments: "none" };

const entry = (kinds) => `
  import { widgets } from "./entry.js";
  ${kinds.map((kind) => `import * as ${kind} from "./${kind}.js";`).join("")}
  export default widgets({ ${kinds.join(", ")} });`;

const script = (kinds) =>
  build({ ...options, stdin: { contents: entry(kinds), resolveDir: "src" }, format: "esm" });

const built = { "widgets.css": await build({ ...options, entryPoints: ["src/style.css"] }) };
for (const [name, kinds] of Object.entries(SCRIPTS)) built[name] = await script(kinds);

const check = process.argv.includes("--check");
const stale = (await readdir(target)).filter((name) => !(name in built));
if (!check) for (const name of stale.splice(0)) await rm(new URL(name, target));
for (const [name, result] of Object.entries(built)) {
  const text = result.outputFiles[0].text;
  if (check) {
    const committed = await readFile(new URL(name, target), "utf8").catch(() => "");
    if (committed !== text) stale.push(name);
  } else {
    await writeFile(new URL(name, target), text);
    console.log(`${name}: ${(text.length / 1000).toFixed(1)} kB`);
  }
}
if (stale.length) {
  console.error(`not what the source builds: ${stale.join(", ")}. Run: make widgets`);
  process.exit(1);
}
