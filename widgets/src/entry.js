/** The anywidget module of some kinds of widget: the model's `kind` names the one that draws it. */
export const widgets = (kinds) => ({
  render({ model, el }) {
    const kind = model.get("kind");
    if (!(kind in kinds)) throw new Error(`coursekit: no widget of kind "${kind}" in this script`);
    el.classList.add("ck", `ck-${kind}`);
    return kinds[kind].render({ model, el });
  },
});
