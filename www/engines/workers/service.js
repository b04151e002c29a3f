// What both workers have in common: requests answered in turn, files read part by part, a
// crash told once.
//
// Requests are answered one at a time, in order, because an engine is a single mutable object
// that must not be entered twice.

/**
 * @typedef {import("../../types.d.ts").Engine} Engine
 * @typedef {import("../../types.d.ts").RequestMessage} RequestMessage
 * @typedef {import("../../types.d.ts").WorkerMessage} WorkerMessage
 */

let reading = false;
let crashed = false;
/** The last thing written to the console as an error: a panic leaves its text there. */
let lastError = "";

/**
 * @param {WorkerMessage} message
 * @param {Transferable[]} [transfer]
 */
export function post(message, transfer = []) {
  if (!crashed) self.postMessage(message, { transfer });
}

/** @param {unknown} error */
export function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}

/** After a panic the engine's memory is not to be trusted: say so once and fall silent. */
function crash(/** @type {unknown} */ error) {
  const panic = /panicked at ([^\n]*)\n([^\n]*)/.exec(lastError);
  post({ type: "crash", message: panic ? `${panic[2]} (${panic[1].replace(/:$/, "")})` : sentence(error) });
  crashed = true;
}

/**
 * Tells a panic from what an engine turns down.
 * @param {unknown} error
 * @param {(message: string) => void} refuse
 */
export function report(error, refuse) {
  if (error instanceof WebAssembly.RuntimeError) crash(error);
  else refuse(sentence(error));
}

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Runs `task` when everything before it has ended.
 * @template T
 * @param {() => T | Promise<T>} task
 * @returns {Promise<T>}
 */
export function inTurn(task) {
  const turn = queue.then(task);
  queue = turn.catch(() => undefined);
  return turn;
}

/** Lets waiting messages be handled. */
export const breathe = () => new Promise((resolve) => setTimeout(resolve));

/**
 * Streams a file into an engine; the old data stay in use unless all of it is read.
 * @template T
 * @param {Engine} engine
 * @param {File} file
 * @param {() => T} complete Called once all of it is there.
 * @returns {Promise<T | null>} `null` when the reading was cancelled.
 */
export async function readFile(engine, file, complete) {
  reading = true;
  engine.openData(file.name);
  try {
    let bytes = 0;
    let posted = 0;
    const reader = file.stream().getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const rows = engine.pushData(part.value);
      bytes += part.value.byteLength;
      if (performance.now() - posted > 50) {
        post({ type: "progress", bytes, total: file.size, rows });
        posted = performance.now();
        await breathe();
      }
      if (!reading) {
        await reader.cancel();
        engine.cancelData();
        return null;
      }
    }
    return complete();
  } catch (error) {
    engine.cancelData();
    throw error;
  } finally {
    reading = false;
  }
}

export function cancelRead() {
  reading = false;
}

/**
 * Answers requests.
 * @template {Record<string, (...args: any[]) => any>} Requests
 * @param {{ [K in keyof Requests]: (...args: Parameters<Requests[K]>) => ReturnType<Requests[K]> | Promise<ReturnType<Requests[K]>> }} handlers
 * @param {(keyof Requests)[]} immediate Those that do not wait for their turn.
 */
export function serve(handlers, immediate) {
  /** @param {RequestMessage} request */
  const answer = async ({ id, name, args }) => {
    try {
      const work = () => /** @type {any} */ (handlers[name])(...args);
      const value = await (immediate.includes(name) ? work() : inTurn(work));
      post({ type: "answer", id, value });
    } catch (error) {
      report(error, (message) => post({ type: "refusal", id, message }));
    }
  };

  const writeError = console.error.bind(console);
  console.error = (...values) => {
    lastError = values.map(String).join(" ");
    writeError(...values);
  };
  self.addEventListener("error", (event) => crash(event.error ?? event.message));
  self.addEventListener("unhandledrejection", (event) => crash(event.reason));
  self.addEventListener("message", (event) => void answer(event.data));
}

/**
 * What an engine says that a policy does, as the page knows it; the engine's own is freed.
 * @param {import("../../types.d.ts").EnginePlan} plan
 * @returns {import("../../types.d.ts").Plan}
 */
export function planOf(plan) {
  const { actions, note } = plan;
  plan.free();
  return { actions, note: note ?? null };
}
