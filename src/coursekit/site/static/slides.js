// What a deck of slides does. On a wide screen reveal.js shows one slide at a time; on a phone, on paper and
// without this script the slides stand below each other. S opens the speaker's view: the same page with
// ?notes, in a window of its own, which keeps in step with the deck by messages between the two windows.
(() => {
  "use strict";
  const root = document.documentElement;
  const deck = document.querySelector(".deck");
  const slides = [...document.querySelectorAll(".slide")];
  const find = (selector) => document.querySelector(selector);
  const WIDE = matchMedia("(min-width: 46rem) and (min-height: 26rem)");
  const [SMALLEST, LARGEST] = [0.75, 1.7]; // how far a widget may be zoomed, where 1 rem is 18 px

  /** Zoom a slide's widgets so that they fill it, and say whether the slide must scroll. */
  function fit(slide) {
    const body = slide.querySelector(".slide-body");
    const unit = parseFloat(getComputedStyle(root).fontSize) / 18;
    const style = getComputedStyle(body);
    const across = body.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const high = body.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    for (const item of body.querySelectorAll(".item:has(> .ck-slot)")) {
      // As it is on the page, or with its words beside it, whichever may be larger.
      const zoom = (isSplit) => {
        item.style.zoom = 1;
        item.classList.toggle("item-split", isSplit);
        const own = item.offsetHeight;
        const last = body.lastElementChild;
        const others = last.offsetTop + last.offsetHeight - body.firstElementChild.offsetTop - own;
        return Math.min((high - others - 2) / own, across / item.offsetWidth);
      };
      let room = zoom(false);
      if (item.matches(".item-widget") && zoom(true) > room) room = zoom(true);
      else item.classList.remove("item-split");
      item.style.zoom = Math.max(SMALLEST * unit, Math.min(LARGEST * unit, room));
    }
    // Type a little smaller is better than a scroll bar for a line or two.
    const overflows = () => body.scrollHeight > body.clientHeight + 1;
    slide.style.removeProperty("--shrink");
    for (const shrink of [0.95, 0.9, 0.85])
      if (overflows()) slide.style.setProperty("--shrink", shrink);
    if (overflows()) slide.style.removeProperty("--shrink");
    if (overflows()) {
      body.tabIndex = 0;
      body.setAttribute("role", "group");
      body.setAttribute("aria-label", "Slide, scrolls");
    } else for (const name of ["tabindex", "role", "aria-label"]) body.removeAttribute(name);
  }

  /** Keep a slide's fit while its widget draws, answers or the window changes. */
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const slide = target.closest(".slide");
      if (slide.getClientRects().length) requestAnimationFrame(() => fit(slide));
    }
  });
  const watch = () => {
    for (const body of deck.querySelectorAll(".slide-body, .ck-stage")) sizes.observe(body);
  };

  /** The slide that the address names, as reveal.js writes it (#/name) or as a link does (#name). */
  const addressed = () => document.getElementById(location.hash.replace(/^#\/?/, ""));

  const placed = (slide) => `${slides.indexOf(slide) + 1} of ${slides.length}`;

  /** Keys that a control on a slide needs itself. A clicker's keys (page up and down) always turn the slide. */
  const OWN = /^(Arrow|Home$|End$| $|Enter$)/;
  /** Controls that letters mean nothing to. */
  const LETTERLESS = "input:is([type=range], [type=radio], [type=checkbox])";
  /** What a deck does at a letter, wherever the focus is: the key's code, as reveal.js knows it. */
  const LETTERS = { b: 66, ".": 190, f: 70, s: 83 };
  function belongsToControl({ key, target }) {
    if (!(target instanceof Element)) return false;
    if (target.tabIndex < 0) return false; // words that were given the focus to be read out
    if (target.closest(".deck-contents[open]") && /^Arrow/.test(key)) return true;
    if (target.matches(".slide-body")) return /^(ArrowUp|ArrowDown|Home|End| )$/.test(key);
    if (!target.closest(".slide-body, .deck-bar")) return false;
    if (target.closest("button, a, summary")) return key === " " || key === "Enter";
    return OWN.test(key) || target.matches(`input:not(${LETTERLESS}), select, audio`);
  }

  /** The list of sections closes when one is chosen, or at a click elsewhere. */
  function menu() {
    const contents = find(".deck-contents");
    addEventListener("click", ({ target }) => {
      if (!target.closest?.(".deck-contents summary")) contents.open = false;
    });
    contents.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") {
        contents.open = false;
        contents.firstElementChild.focus();
      } else if (by && contents.open) {
        const links = [...contents.querySelectorAll("a")];
        links[Math.min(links.length - 1, Math.max(0, links.indexOf(event.target) + by))].focus();
        event.preventDefault();
      }
    });
  }

  function present() {
    root.dataset.view = "deck";
    deck.classList.add("reveal", "stage");
    for (const part of deck.querySelectorAll(".ck-slot, .slide-body pre, .scroll")) part.setAttribute("data-prevent-swipe", "");
    const reveal = new Reveal(deck, {
      disableLayout: true,
      display: "",
      center: false,
      controls: false,
      hash: true,
      help: false,
      jumpToSlide: false,
      keyboardCondition: (event) => !belongsToControl(event),
      navigationMode: "linear",
      overview: false,
      postMessage: false,
      transition: "none",
      backgroundTransition: "none",
      keyboard: { 83: openNotes },
    });
    let notes = null;

    function openNotes() {
      const address = new URL(location.href);
      address.search = "?notes";
      notes = open(address, "coursekit-notes", "popup,width=1200,height=800");
      notes?.focus();
    }
    function tell() {
      notes?.postMessage({ slides: "show", name: reveal.getCurrentSlide().id, page: location.pathname }, "*");
    }
    /** An answer that has come is open, also for a room that guessed by a show of hands. */
    function answer(slide) {
      for (const button of slide.querySelectorAll(".item-reveal.visible .ck-closed:not([hidden]) button")) {
        button.click();
        document.activeElement?.blur();
      }
    }
    function shown() {
      const slide = reveal.getCurrentSlide();
      answer(slide);
      find(".deck-place").textContent = placed(slide);
      find(".deck-back").disabled = reveal.isFirstSlide();
      find(".deck-on").disabled = reveal.isLastSlide() && !reveal.availableFragments().next;
      const held = document.activeElement?.closest(".slide");
      if (held && held !== slide) document.activeElement.blur();
      fit(slide);
      tell();
    }

    // reveal.js leaves all keys to a control that has the focus: a clicker must work there, and Escape leave it.
    addEventListener(
      "keydown",
      (event) => {
        const { key, target } = event;
        if (!target.closest?.(".slide-body")) return;
        const letter = target.matches(LETTERLESS) && !event.ctrlKey && !event.metaKey && !event.altKey && LETTERS[key.toLowerCase()];
        if (key === "Escape") target.blur();
        else if (key === "PageDown") reveal.next();
        else if (key === "PageUp") reveal.prev();
        else if (letter) {
          target.blur();
          reveal.triggerKey(letter);
          target.focus({ preventScroll: true });
        } else return;
        event.preventDefault();
        event.stopPropagation();
      },
      true,
    );
    addEventListener("message", ({ source, data }) => {
      if (!source || (source !== notes && source.opener !== window)) return;
      notes = source;
      if (data?.slides === "hello") tell();
      if (data?.slides === "black") reveal.togglePause();
      if (data?.slides === "on") reveal.next();
      if (data?.slides === "back") reveal.prev();
    });
    find(".deck-on").addEventListener("click", () => reveal.next());
    find(".deck-back").addEventListener("click", () => reveal.prev());
    find(".deck-notes").addEventListener("click", openNotes);
    // On paper the slides stand below each other.
    addEventListener("beforeprint", () => deck.classList.remove("reveal", "stage"));
    addEventListener("afterprint", () => deck.classList.add("reveal", "stage"));
    for (const event of ["slidechanged", "fragmentshown", "fragmenthidden"]) reveal.on(event, shown);
    reveal.initialize().then(() => {
      deck.removeAttribute("role"); // reveal.js makes an application of it; it stays the page's main part
      shown();
      watch();
    });
  }

  /** The speaker's view: this slide and the next one, what to say, the time. */
  function speak() {
    root.dataset.view = "speaker";
    deck.classList.add("stage");
    find(".speaker").hidden = false;
    deck.querySelector(".slides").inert = true;
    let [at, from, paused] = [-1, Date.now(), 0];

    function show(slide) {
      if (!slide || slides[at] === slide) return;
      at = slides.indexOf(slide);
      slides.forEach((each, place) => {
        each.classList.toggle("slide-now", place === at);
        each.classList.toggle("slide-next", place === at + 1);
      });
      const said = slide.querySelector("aside.notes")?.cloneNode(true).childNodes ?? [];
      const words = Object.assign(document.createElement("p"), { textContent: "No notes for this slide." });
      find(".speaker-notes").replaceChildren(...(said.length ? said : [words]));
      find(".speaker-notes").scrollTop = 0;
      find(".speaker-place").textContent = placed(slide);
      document.querySelectorAll(".slide-now, .slide-next").forEach(fit);
    }
    function turn(by) {
      if (opener) opener.postMessage({ slides: by > 0 ? "on" : "back" }, "*");
      else show(slides[at + by]);
    }
    function tick() {
      const seconds = Math.floor((paused || Date.now()) / 1000) - Math.floor(from / 1000);
      find(".speaker-elapsed").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      find(".speaker-clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      find(".speaker-alone").textContent = opener ? "" : "Not in step with a deck: open this view there, with S.";
      opener?.postMessage({ slides: "hello" }, "*");
    }

    find(".speaker-on").addEventListener("click", () => turn(1));
    find(".speaker-back").addEventListener("click", () => turn(-1));
    find(".speaker-reset").addEventListener("click", () => {
      from = Date.now();
      if (paused) paused = from;
      tick();
    });
    find(".speaker-pause").addEventListener("click", ({ target }) => {
      if (paused) from += Date.now() - paused;
      paused = paused ? 0 : Date.now();
      target.textContent = paused ? "Go on" : "Pause";
    });
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
      const isBlack = /^[b.]$/i.test(event.key);
      if (event.key === " " && event.target.closest("button, .speaker-notes")) return;
      if (!by && !isBlack) return;
      event.preventDefault();
      if (by) turn(by);
      else opener?.postMessage({ slides: "black" }, "*");
    });
    addEventListener("message", ({ source, data }) => {
      if (source !== opener || data?.slides !== "show") return;
      // The deck's window may have gone on to another chapter.
      if (data.page === location.pathname) show(document.getElementById(data.name));
      else location.replace(Object.assign(new URL(location.href), { pathname: data.page, hash: `#/${data.name}` }));
    });
    show(addressed() ?? slides[0]);
    watch();
    tick();
    setInterval(tick, 1000);
  }

  /** Below each other: go to the slide that the address names, perhaps sent from the teacher's screen to a phone. */
  const land = () => addressed()?.scrollIntoView();
  let isTouched = false;
  for (const event of ["pointerdown", "wheel", "keydown"])
    addEventListener(event, () => (isTouched = true), { once: true, passive: true });

  function start() {
    if (new URLSearchParams(location.search).has("notes")) speak();
    else if (WIDE.matches) present();
    else {
      root.dataset.view = "list";
      land();
      WIDE.addEventListener("change", present, { once: true });
    }
  }

  // Not before the widgets stand, if there are any: they are drawn once, for the room they get. Slides below
  // each other are a page and need no fitting, but what was looked for has moved.
  const ready = () => {
    if (root.dataset.view !== "list") watch();
    else if (!isTouched) land();
  };
  if (document.querySelector(".ck-slot")) document.addEventListener("coursekit:ready", ready, { once: true });
  menu();
  start();
})();
