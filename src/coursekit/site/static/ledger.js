// The ledger's filters: verdict, chapter, document, words. What is chosen stands in the address, so that it
// can be linked to: claims.html?verdict=false. Without this script all claims are shown, and no filters.
(() => {
  "use strict";
  const form = document.querySelector(".ledger-filters");
  const list = document.querySelector(".ledger");
  const parts = [...list.querySelectorAll(".ledger-part")];
  const status = form.querySelector("[role=status]");
  const reset = form.querySelector("[type=reset]");
  const fields = ["verdict", "words", "chapter", "document"];
  const verdicts = [...form.querySelectorAll("[name=verdict]")].map((radio) => [radio.value, radio.nextSibling]);
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\s+/g, " ");
  const claims = [...list.querySelectorAll(".ck-claim")].map((card) => ({
    card,
    verdict: card.dataset.slug,
    chapter: card.dataset.chapter,
    documents: card.dataset.documents.split(" "),
    words: plain(card.textContent),
  }));

  /** What is chosen, by field; only what is not "all". */
  function chosen() {
    const values = fields.map((name) => [name, form.elements[name].value.trim()]);
    return Object.fromEntries(values.filter(([, value]) => value));
  }

  /** Choose a value; one that there is not means "all". */
  function choose(name, value) {
    const field = form.elements[name];
    if (field instanceof RadioNodeList) {
      const radios = [...field];
      (radios.find((radio) => radio.value === value) ?? radios[0]).checked = true;
    } else {
      field.value = value;
      if (field.selectedIndex < 0) field.value = "";
    }
  }

  function fits(claim, { verdict, chapter, document, words = "" }) {
    return (
      (!verdict || claim.verdict === verdict) &&
      (!chapter || claim.chapter === chapter || claim.chapter.startsWith(`${chapter}/`)) &&
      (!document || claim.documents.includes(document)) &&
      plain(words).split(" ").every((word) => claim.words.includes(word))
    );
  }

  function show() {
    const wanted = chosen();
    let shown = 0;
    for (const claim of claims) {
      claim.card.hidden = !fits(claim, wanted);
      shown += !claim.card.hidden;
    }
    for (const part of parts) part.hidden = !part.querySelector(".ck-claim:not([hidden])");
    // Beside each verdict: how many claims it leaves, the other filters as they are.
    for (const [verdict, words] of verdicts) {
      const left = claims.filter((claim) => fits(claim, { ...wanted, verdict })).length;
      const [be, hold] = left === 1 ? ["is", "holds"] : ["are", "hold"];
      words.data = words.data.replace(/\d+/, left).replace(/\b(is|are)\b/, be).replace(/\bholds?\b/, hold);
    }
    const told = `${shown} of ${claims.length} claims`;
    if (status.textContent !== told) status.textContent = told;
    reset.disabled = !Object.keys(wanted).length;
    return wanted;
  }

  /** Write what is chosen into the address; a browser that refuses this for files leaves it as it is. */
  function note(wanted) {
    const query = new URLSearchParams(wanted).toString();
    try {
      history.replaceState(null, "", location.pathname + (query && `?${query}`));
    } catch {
      // The filters work all the same.
    }
  }

  /** Take over what the address says. */
  function read() {
    const given = new URLSearchParams(location.search);
    for (const name of fields) choose(name, given.get(name) ?? "");
  }

  /** A link to one claim shows it, whatever is filtered. */
  function target() {
    const card = location.hash && document.getElementById(location.hash.slice(1));
    if (!card) return;
    if (card.hidden) {
      clear();
      show();
    }
    card.scrollIntoView({ behavior: "instant" });
  }

  const clear = () => {
    for (const name of fields) choose(name, "");
  };

  form.addEventListener("input", () => note(show()));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    note(show());
    form.querySelector("[name=verdict]").focus(); // the button can no longer hold the focus
  });
  addEventListener("hashchange", target);
  read();
  show();
  list.dataset.ready = "";
  target();
})();
