// Reading and writing fields of the specification by dotted name (`data.homes`).

/**
 * @typedef {import("../types.d.ts").Spec} Spec
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
 */

/**
 * @param {Spec} spec
 * @param {string} name Dotted.
 * @returns {any} `undefined` where there is no such field.
 */
export function field(spec, name) {
  return name.split(".").reduce((node, key) => node?.[key], /** @type {any} */ (spec));
}

/**
 * Settings of PPO as they were meant: what the engine keeps in single precision comes back with
 * digits that nobody set.
 * @template {{ [setting: string]: unknown }} Ppo
 * @param {Ppo} ppo
 * @returns {Ppo}
 */
export function asMeant(ppo) {
  const noise = ppo.log_std_init;
  return Array.isArray(noise) ? { ...ppo, log_std_init: noise.map((value) => Number(value.toPrecision(7))) } : ppo;
}

/**
 * A copy of `spec` with the fields of `overrides` set; missing parents are made. Another
 * source of data has other fields, so a change of `data.source` starts `data` afresh.
 * @param {Spec} spec
 * @param {Record<string, SpecValue>} overrides
 * @returns {Spec}
 */
export function withOverrides(spec, overrides) {
  const copy = structuredClone(spec);
  const source = overrides["data.source"];
  if (source !== undefined && source !== field(copy, "data.source")) copy.data = {};
  for (const [name, value] of Object.entries(overrides)) {
    const keys = name.split(".");
    const last = /** @type {string} */ (keys.pop());
    /** @type {any} */
    let node = copy;
    for (const key of keys) {
      if (typeof node[key] !== "object" || node[key] === null) node[key] = {};
      node = node[key];
    }
    node[last] = value;
  }
  return copy;
}

/** Whether one of two dotted names holds the other. @param {string} a @param {string} b */
function overlap(a, b) {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/**
 * `overrides` with more fields set; `undefined` sets a field back to what it is in `base`.
 * What a field replaces goes, and so does what says the same as `base`.
 * @param {Spec} base
 * @param {Record<string, SpecValue>} overrides
 * @param {Record<string, SpecValue | undefined>} fields
 * @returns {Record<string, SpecValue>}
 */
export function edited(base, overrides, fields) {
  /** @type {Record<string, SpecValue>} */
  const result = {};
  for (const [name, value] of Object.entries(overrides)) {
    if (!Object.keys(fields).some((set) => overlap(name, set))) result[name] = value;
  }
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(field(base, name))) result[name] = value;
  }
  return result;
}

/** @param {unknown} value */
function isMap(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a map has every entry of another value, if that is one. @param {object} map @param {unknown} other */
function hasAll(map, other) {
  return !isMap(other) || Object.keys(/** @type {object} */ (other)).every((entry) => entry in map);
}

/**
 * The fields in which `spec` differs from `base`, by dotted name. A map that lost an entry is
 * one field, since no name can say that something is gone; `data` loses its entries when its
 * source changes (see `withOverrides`).
 * @param {Spec} base
 * @param {Spec} spec
 * @param {string} [prefix]
 * @returns {Record<string, SpecValue>}
 */
export function difference(base, spec, prefix = "") {
  /** @type {Record<string, SpecValue>} */
  const fields = {};
  for (const [key, value] of Object.entries(spec)) {
    const name = prefix + key;
    if (isMap(value) && (name === "data" || hasAll(value, base?.[key]))) {
      Object.assign(fields, difference(base?.[key] ?? {}, value, `${name}.`));
    } else if (JSON.stringify(value) !== JSON.stringify(base?.[key])) {
      fields[name] = value;
    }
  }
  return fields;
}
