// The line to the server: a snapshot, then a stream of what has changed since.

const SHORTEST = 500;
const LONGEST = 8000;
/** A stream that lived this long was in order, in ms. */
const LIVED = 5000;

/** Asks the server; returns its JSON. Raises an Error whose message can be shown, with the answer's `status` (0: none). */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw Object.assign(new Error("The server does not answer. Try again in a moment."), { status: 0 });
  }
  const body = await answer.json().catch(() => null); // 204 has none
  if (answer.ok) return body;
  const words = body?.error ?? `The server answered ${answer.status} ${answer.statusText}.`;
  throw Object.assign(new Error(words), { status: answer.status });
}

/**
 * Keeps the line open until the page is left.
 *
 * Calls `on.snapshot(data)`, `on.change(data)`, and `on.state({live, since, refused})`: `since` is when the line was
 * lost, `refused` what the server says to one who may not watch (any more).
 */
export function connect(on) {
  let stream = null;
  let pause = SHORTEST;
  let timer;
  let lost = null; // since when
  let round = 0; // what belongs to an earlier attempt comes too late

  async function open() {
    close();
    const mine = round;
    let data;
    try {
      data = await ask("api/room");
    } catch (error) {
      if (mine === round) fail(error);
      return;
    }
    if (mine !== round) return;
    on.snapshot(data);
    let opened = Infinity;
    stream = new EventSource(`api/stream?since=${data.seq}`);
    stream.addEventListener("open", () => {
      opened = Date.now();
      lost = null;
      on.state({ live: true });
    });
    stream.addEventListener("change", (event) => on.change(JSON.parse(event.data)));
    stream.addEventListener("reload", open); // something was erased
    stream.addEventListener("error", () => {
      if (mine !== round) return;
      if (Date.now() - opened < LIVED) return fail(null);
      // Streams end now and then, and do not say why: often it goes on at once.
      pause = SHORTEST;
      open();
    });
  }

  function close() {
    round++;
    clearTimeout(timer);
    stream?.close();
  }

  function fail(error) {
    close();
    lost ??= new Date();
    const refused = error?.status === 401 || error?.status === 403 ? error.message : null;
    on.state({ live: false, since: lost, refused });
    timer = setTimeout(open, pause);
    pause = Math.min(2 * pause, LONGEST);
  }

  open();
  addEventListener("online", open);
  addEventListener("offline", () => fail(null));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
}
