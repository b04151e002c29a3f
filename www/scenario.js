// A scenario is a preset and the fields in which it was changed.

import { Refusal } from "./client.js";
import { notify } from "./notices.js";

/**
 * @typedef {import("./types.d.ts").Preset} Preset
 * @typedef {import("./types.d.ts").SpecValue} SpecValue
 */

/**
 * @param {Preset[]} presets
 * @param {string | null} id `null` is the first.
 * @returns {Preset}
 */
export function presetOf(presets, id) {
  const preset = id === null ? presets[0] : presets.find((candidate) => candidate.id === id);
  if (preset) return preset;
  const known = presets.map((candidate) => candidate.id).join(", ");
  throw new Refusal(`There is no preset “${id}”; the presets are ${known}.`);
}

/**
 * A link cannot carry a file: its data settings are left out and the reader is told.
 * @param {Record<string, SpecValue>} overrides
 */
export function withoutFile(overrides) {
  if (overrides["data.source"] !== "file") return overrides;
  const name = overrides["data.path"] ?? "a data file";
  notify("info", "file", `This link was made with ${name}, which stays on its owner’s machine; choose the file again under Data.`);
  return Object.fromEntries(Object.entries(overrides).filter(([field]) => !field.startsWith("data.")));
}
