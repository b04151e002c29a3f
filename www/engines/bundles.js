// Which WebAssembly modules this copy of the page has, from `pkg/bundles.json`.

/**
 * @typedef {{ ready: true, hash: string, js: string, wasm: string }
 *   | { ready: false, building?: boolean, reason?: string }} Bundle
 */

const PACKAGES = new URL("../pkg/", import.meta.url);

/**
 * @param {string} name
 * @returns {Promise<Bundle>}
 */
export async function bundle(name) {
  const response = await fetch(new URL("bundles.json", PACKAGES), { cache: "no-cache" });
  if (!response.ok) return { ready: false, reason: "This copy of the page was never built." };
  const bundles = /** @type {Record<string, Bundle>} */ (await response.json());
  return bundles[name] ?? { ready: false, reason: "This copy of the page was built without it." };
}

/**
 * Imports and initialises a bundle's module. The hash in the address makes sure that script
 * and module belong together, whatever a cache still holds.
 * @template {{ default(options: { module_or_path: unknown }): Promise<unknown> }} Module
 * @param {string} name
 * @returns {Promise<Module>}
 */
export async function load(name) {
  const built = await bundle(name);
  if (!built.ready) {
    throw new Error(built.reason ?? "It is still being built; reload the page in a minute.");
  }
  const address = (/** @type {string} */ path) => new URL(`${path}?${built.hash}`, PACKAGES).href;
  /** @type {Module} */
  const module = await import(address(built.js));
  await module.default({ module_or_path: address(built.wasm) });
  return module;
}
