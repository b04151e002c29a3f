// Whether training on WebGPU can be offered here, and if not, why.

import { bundle } from "./bundles.js";

/**
 * @typedef {object} GpuOffer
 * @property {boolean} available
 * @property {boolean} final Asking again later cannot change the answer.
 * @property {string} reason A sentence for the reader.
 */

const NO_API =
  "This browser has no WebGPU; a current Chrome, Edge, Firefox or Safari has it. Training runs on the CPU, with the same results.";
const NO_ADAPTER = "This browser knows WebGPU but finds no graphics adapter for it. Training runs on the CPU.";

const OFFER = "The network learns on the graphics adapter; the street itself is simulated on the CPU.";
const BUILDING = "The WebGPU engine is still being built by the server; it is offered here as soon as it is there.";

/** @returns {Promise<boolean>} */
async function hasAdapter() {
  try {
    return (await /** @type {any} */ (navigator).gpu.requestAdapter()) !== null;
  } catch {
    return false;
  }
}

/** @returns {Promise<GpuOffer>} */
export async function webgpuOffer() {
  if (!("gpu" in navigator)) return { available: false, final: true, reason: NO_API };
  if (!(await hasAdapter())) return { available: false, final: true, reason: NO_ADAPTER };
  const built = await bundle("engine-webgpu");
  if (built.ready) return { available: true, final: true, reason: OFFER };
  if (built.building) return { available: false, final: false, reason: BUILDING };
  return { available: false, final: true, reason: `The WebGPU engine is missing here. ${built.reason ?? ""}` };
}
