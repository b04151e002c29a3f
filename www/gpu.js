// Whether training on WebGPU can be offered here, and if not, why.

/**
 * @typedef {object} GpuOffer
 * @property {boolean} available
 * @property {boolean} final Asking again later cannot change the answer.
 * @property {string} reason A sentence for the reader.
 */

/** @typedef {{ [bundle: string]: { state: "ready" | "building" | "failed" | "absent" } }} Bundles */

const NO_API =
  "This browser has no WebGPU; a current Chrome, Edge, Firefox or Safari has it. Training runs on the CPU, with the same results.";
const NO_ADAPTER = "This browser knows WebGPU but finds no graphics adapter for it. Training runs on the CPU.";

/** @returns {Promise<boolean>} */
async function hasAdapter() {
  try {
    return (await /** @type {any} */ (navigator).gpu.requestAdapter()) !== null;
  } catch {
    return false;
  }
}

/** @returns {Promise<string>} The state of the WebGPU bundle on this server. */
async function bundleState() {
  try {
    const response = await fetch(new URL("./pkg/bundles.json", import.meta.url), { cache: "no-store" });
    const bundles = /** @type {Bundles} */ (await response.json());
    return bundles["engine-webgpu"]?.state ?? "absent";
  } catch {
    return "absent";
  }
}

/** @returns {Promise<GpuOffer>} */
export async function webgpuOffer() {
  if (!("gpu" in navigator)) return { available: false, final: true, reason: NO_API };
  if (!(await hasAdapter())) return { available: false, final: true, reason: NO_ADAPTER };
  switch (await bundleState()) {
    case "ready":
      return {
        available: true,
        final: true,
        reason: "The network learns on the graphics adapter; the street itself is simulated on the CPU.",
      };
    case "building":
      return {
        available: false,
        final: false,
        reason: "The WebGPU engine is still being built by the server; it is offered here as soon as it is there.",
      };
    case "failed":
      return { available: false, final: false, reason: "The WebGPU engine could not be built; the server’s log says why." };
    default:
      return { available: false, final: true, reason: "This copy of the page was built without the WebGPU engine." };
  }
}
