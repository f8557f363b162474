// One bundle for every widget of the course: the model's `kind` names the module that draws it.
import * as batches from "./batches.js";
import * as compass from "./compass.js";
import * as descent from "./descent.js";
import * as frames from "./frames.js";
import * as predict from "./predict.js";
import * as quiz from "./quiz.js";
import * as reveal from "./reveal.js";
import * as tangent from "./tangent.js";

const kinds = { batches, compass, descent, frames, predict, quiz, reveal, tangent };

function render({ model, el }) {
  const kind = model.get("kind");
  if (!(kind in kinds)) throw new Error(`coursekit: no widget of kind "${kind}"`);
  el.classList.add("ck", `ck-${kind}`);
  return kinds[kind].render({ model, el });
}

export default { render };
