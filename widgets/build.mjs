// Builds the one shared bundle: src/ -> ../src/coursekit/widgets/static/widgets.{js,css}.
// With --check: fails when the committed bundle is not what this source builds.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";

const target = new URL("../src/coursekit/widgets/static/", import.meta.url);
const options = { bundle: true, minify: true, write: false, target: "es2022", legalComments: "none" };
const built = {
  "widgets.js": await build({ ...options, entryPoints: ["src/index.js"], format: "esm" }),
  "widgets.css": await build({ ...options, entryPoints: ["src/style.css"] }),
};

const stale = [];
for (const [name, result] of Object.entries(built)) {
  const text = result.outputFiles[0].text;
  if (process.argv.includes("--check")) {
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
