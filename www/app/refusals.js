// What the engine turns down, told to the reader.

import { Refusal, Replaced } from "../engines/client.js";
import { sentence } from "../ui/format.js";
import { dismiss, notify } from "../ui/notices.js";

/**
 * Shows a refusal; any other error is a fault of the page and goes on its way.
 * @param {string} key Of the notice.
 * @param {unknown} error
 * @param {string} [remark]
 */
export function refused(key, error, remark = "") {
  if (!(error instanceof Refusal)) throw error;
  if (error instanceof Replaced) return;
  notify("error", key, `${sentence(error.message)}${remark}`);
}

/**
 * Runs a request; a refusal is shown and answered with `undefined`.
 * @template T
 * @param {string} key Of the notice.
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
export async function attempt(key, work) {
  try {
    const value = await work();
    dismiss(key);
    return value;
  } catch (error) {
    refused(key, error);
    return undefined;
  }
}
