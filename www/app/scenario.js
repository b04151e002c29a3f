// A scenario is a preset and the fields in which it was changed.

import { Refusal } from "../engines/client.js";
import { notify } from "../ui/notices.js";
import { difference, field } from "./spec.js";

/**
 * @typedef {import("../types.d.ts").Preset} Preset
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").Spec} Spec
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
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

/**
 * What others hang on to links (`utm_source`) is none of the specification's fields, and nothing is said of it.
 * @param {Spec} spec
 * @param {Record<string, SpecValue>} overrides
 */
export function withinSpec(spec, overrides) {
  return Object.fromEntries(Object.entries(overrides).filter(([name]) => Object.hasOwn(spec, name.split(".")[0])));
}

/**
 * The overrides without what is turned down: without one of them, where that is enough; else those that are taken
 * one after the other.
 * @param {Record<string, SpecValue>} overrides
 * @param {(overrides: Record<string, SpecValue>) => Promise<boolean>} takes
 */
export async function taken(overrides, takes) {
  const fields = Object.entries(overrides);
  for (const left of fields) {
    const others = Object.fromEntries(fields.filter((field) => field !== left));
    if (await takes(others)) return others;
  }
  /** @type {Record<string, SpecValue>} */
  let some = {};
  for (const [name, value] of fields) {
    const more = { ...some, [name]: value };
    if (await takes(more)) some = more;
  }
  return some;
}

/**
 * The fields in which a setting differs from a preset; a tariff that ships goes by its name.
 * @param {Preset} preset
 * @param {Setting} setting
 */
export function overridesOf(preset, { spec, tariff }) {
  const fields = difference(preset.spec, spec);
  const within = Object.keys(fields).filter((name) => name.startsWith("tariff."));
  if (within.length === 0 || tariff === null) return fields;
  for (const name of within) delete fields[name];
  return { ...fields, tariff };
}

/** Whether something goes wrong in a scenario. @param {Spec} spec */
export function stressed(spec) {
  const wrong = ["stress.cloudy", "stress.outage", "feeder.fault"].some((name) => (field(spec, name) ?? null) !== null);
  return wrong || field(spec, "homes.greedy_homes") !== "none";
}
