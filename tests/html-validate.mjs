// Holds pages to the HTML standard and to WCAG's techniques for markup, with html-validate: the rules, and what
// runs them. Usage: node tests/html-validate.mjs FOLDER PAGE…; prints what it finds as JSON, page by page.
// The test beside it, test_site_html.py, says what is expected.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const { HtmlValidate, StaticConfigLoader } = createRequire(
  new URL("../widgets/package.json", import.meta.url),
)("html-validate");

const config = {
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
  elements: [
    "html5",
    {
      // Valid, and unknown to html-validate: the color of the browser's own frame has a media query, Open Graph's
      // properties are RDFa, and the attributes of svg belong to SVG's standard.
      meta: { attributes: { media: {}, property: {} } },
      svg: { attributes: { viewbox: {}, width: {}, height: {}, preserveaspectratio: {} } },
    },
  ],
  rules: {
    // On top of the presets.
    "no-style-tag": "error",
    "no-unknown-attributes": "error",
    "no-unknown-elements": "error",
    // What does not hold here, and why.
    // KaTeX places each letter by a style of its own, and so does matplotlib in a drawing.
    "no-inline-style": "off",
    // The site's own files come from where the page comes from; a hash is for what comes from elsewhere.
    "require-sri": ["error", { target: "crossorigin" }],
    // The ledger's filters act as soon as they are chosen: there is nothing to submit.
    "wcag/h32": "off",
    // docutils writes the entries of a bibliography as divisions with the roles of a list.
    "prefer-native-element": ["error", { exclude: ["list", "listitem"] }],
  },
};

const [folder, ...pages] = process.argv.slice(2);
const validator = new HtmlValidate(new StaticConfigLoader(config));
const found = {};
for (const page of pages) {
  const { results } = await validator.validateString(await readFile(join(folder, page), "utf8"), page);
  found[page] = results.flatMap(({ messages }) =>
    messages.map((each) => `${each.line}:${each.column} ${each.ruleId}: ${each.message} (${each.selector})`),
  );
}
console.log(JSON.stringify(found));
