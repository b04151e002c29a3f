// Reading and writing fields of the specification by dotted name (`data.homes`).

/**
 * @typedef {import("./types.d.ts").Spec} Spec
 * @typedef {import("./types.d.ts").SpecValue} SpecValue
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

/**
 * The fields in which `spec` differs from `base`, by dotted name.
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
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      Object.assign(fields, difference(base?.[key] ?? {}, value, `${name}.`));
    } else if (JSON.stringify(value) !== JSON.stringify(base?.[key])) {
      fields[name] = value;
    }
  }
  return fields;
}
