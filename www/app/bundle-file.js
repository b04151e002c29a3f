// Everything that is on the page in one file, `peergrid.json`: its address, the specification, the
// results as they are, and the trained agents. Such a file, a model or a specification opens again.

import { Refusal } from "../engines/client.js";
import { dismiss, notify } from "../ui/notices.js";
import { refused } from "./refusals.js";
import { formatAddress, parseAddress, VIEW_IDS } from "./state.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("../types.d.ts").Spec} Spec
 */

/**
 * @typedef {object} Bundle
 * @property {"peergrid"} format
 * @property {1} version
 * @property {string} saved When, ISO 8601.
 * @property {string} address The page's, from the question mark on.
 * @property {Spec} spec
 * @property {unknown} results As under “All results, JSON”; `null` where there are none, or older ones than the agent.
 * @property {PackedAgent[]} agents Of all seeds, the one that leads first.
 */

/** @typedef {Omit<Checkpoint, "bytes"> & { model: string }} PackedAgent An agent whose safetensors file is in base64. */

/** Arguments that a call surely takes. */
const PART = 8192;

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PART) text += String.fromCharCode(...bytes.subarray(at, at + PART));
  return btoa(text);
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Refusal("the “model” of an agent in it is no base64");
  }
}

/**
 * @param {App} app
 * @returns {Promise<string | undefined>} JSON; `undefined` where an engine refuses.
 */
export async function pack(app) {
  const { state } = app;
  if (!state.setting) return undefined;
  const agents = app.training.checkpoints().map(({ bytes, ...agent }) => ({ ...agent, model: toBase64(bytes) }));
  const results = state.results.size > 0 && !state.stale ? await app.evaluations.json() : null;
  if (results === undefined) return undefined;
  /** @type {Bundle} */
  const bundle = {
    format: "peergrid",
    version: 1,
    saved: new Date().toISOString(),
    address: `?${formatAddress(state)}#${state.view}`,
    spec: state.setting.spec,
    results: results && JSON.parse(results),
    agents,
  };
  return `${JSON.stringify(bundle, null, 1)}\n`;
}

/**
 * What a JSON file holds.
 * @param {string} text
 * @returns {{ bundle: Bundle } | { spec: Spec }}
 */
function unpack(text) {
  /** @type {any} */
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Refusal(`it is no JSON (${error instanceof Error ? error.message : error})`);
  }
  const isMap = typeof document === "object" && document !== null && !Array.isArray(document);
  if (isMap && document.format === "peergrid") {
    if (document.version !== 1) throw new Refusal(`its version is ${document.version}, and this page reads version 1`);
    if (typeof document.spec !== "object" || document.spec === null) throw new Refusal("it has no specification under “spec”");
    const isAgent = (/** @type {any} */ agent) => typeof agent?.model === "string" && Array.isArray(agent.history);
    if (!Array.isArray(document.agents) || !document.agents.every(isAgent)) {
      throw new Refusal("it has no list of agents, each with “model” and “history”, under “agents”; an empty one will do");
    }
    return { bundle: document };
  }
  // Whatever else a specification has, it says of which data.
  if (!isMap || typeof document.data !== "object") {
    throw new Refusal("it should be a peergrid.json with “format”: “peergrid”, or a specification with a field “data”");
  }
  return { spec: document };
}

/**
 * Opens a file by its name: a model, a `peergrid.json`, or a specification.
 * @param {App} app
 * @param {File} file
 */
export async function open(app, file) {
  if (!app.state.setting || app.state.engine !== "ready" || app.state.phase === "running" || app.state.phase === "pausing") {
    notify("info", "open", `${file.name} can be opened when the engine is free: pause the training first.`);
    return;
  }
  dismiss("open");
  if (/\.safetensors$/i.test(file.name)) {
    await app.training.loadModel(new Uint8Array(await file.arrayBuffer()));
    return;
  }
  try {
    const found = unpack(await file.text());
    if ("bundle" in found) await openBundle(app, found.bundle, file.name);
    else await openSpec(app, found.spec, file.name);
  } catch (error) {
    const reason = error instanceof Refusal ? new Refusal(`${file.name} cannot be opened: ${error.message}.`) : error;
    refused("open", reason);
  }
}

/** @param {App} app @param {Spec} spec @param {string} name */
async function openSpec(app, spec, name) {
  needsNoFile(app, spec);
  if (await app.openSpec(spec)) notify("info", "open", `The specification in ${name} is in use.`);
}

/** @param {App} app @param {Spec} spec */
function needsNoFile(app, spec) {
  if (spec.data?.source !== "file" || app.state.file) return;
  throw new Refusal(`it was made with ${spec.data.path ?? "a data file"}, which is not part of it; choose that file under Data first`);
}

/** @param {App} app @param {Bundle} bundle @param {string} name */
async function openBundle(app, { address, spec, agents, results }, name) {
  needsNoFile(app, spec);
  const [query, view] = String(address ?? "").replace(/^\?/, "").split("#");
  const { preset, seeds, day, policy, beside, home, street, colouring, baseline, hour, mechanism, cells } = parseAddress(query);
  const before = { preset: app.state.preset, seeds: app.state.seeds };
  app.store.set({ preset: app.state.presets.some(({ id }) => id === preset) ? preset : before.preset, seeds });
  if (!(await app.openSpec(spec))) {
    app.store.set(before);
    return;
  }
  await app.training.resume(agents.map(({ model, ...agent }) => ({ ...agent, bytes: fromBase64(model) })));
  app.store.set({ day, policy, beside, home, street, colouring, baseline, hour, mechanism, cells });
  if (VIEW_IDS.some((id) => id === view)) location.hash = view;
  const what = app.state.trained ? "the setting and the agent are" : "the setting is";
  const again = results ? " Its results stay in the file; “Evaluate” under Compare finds them again." : "";
  notify("info", "open", `${name} was opened: ${what} as saved.${again}`);
}
