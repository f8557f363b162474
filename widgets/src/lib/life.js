// The life of a rendered widget: what it listens to, how it redraws, and how it all ends.

/**
 * Collects everything to undo. `on` listens to a model, `listen` to an event target,
 * `observe` to an element's size, `add` takes any clean-up function; `end` undoes it all.
 */
export function lifetime() {
  const undo = [];
  const add = (f) => undo.push(f);
  return {
    add,
    on(model, names, f) {
      for (const name of names.split(" ")) {
        model.on(name, f);
        add(() => model.off(name, f));
      }
    },
    listen(target, type, f, options) {
      target.addEventListener(type, f, options);
      add(() => target.removeEventListener(type, f, options));
    },
    observe(element, f) {
      if (typeof ResizeObserver === "undefined") return;
      const watcher = new ResizeObserver(f);
      watcher.observe(element);
      add(() => watcher.disconnect());
    },
    end() {
      while (undo.length) undo.pop()();
    },
  };
}

/** Calls `draw` once before the next paint, however often it is asked to. */
function onceAFrame(draw, life) {
  let asked = 0;
  const later = globalThis.requestAnimationFrame ?? ((f) => setTimeout(f, 0));
  const cancel = globalThis.cancelAnimationFrame ?? clearTimeout;
  life.add(() => cancel(asked));
  return () => {
    if (!asked) {
      asked = later(() => {
        asked = 0;
        draw();
      });
    }
  };
}

/** Draws now, and again whenever one of the traits changes or the element's size does; returns what asks for it. */
export function follow(model, traits, el, life, draw) {
  const later = onceAFrame(draw, life);
  life.on(model, traits.map((name) => `change:${name}`).join(" "), later);
  life.observe(el, later);
  draw();
  return later;
}

/** Sets several traits and saves once. */
export function update(model, values) {
  for (const name in values) model.set(name, values[name]);
  model.save_changes();
}
