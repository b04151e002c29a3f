// Sets of measured homes that this site holds: their list, and their files.

import { Refusal } from "../engines/client.js";

/** @typedef {import("../types.d.ts").ListedSet} ListedSet */

const FOLDER = new URL("../../data/sets/", import.meta.url);

/** @type {Promise<ListedSet[]> | undefined} */
let listing;

/** The sets there are; none where there is no list. @returns {Promise<ListedSet[]>} */
export function listedSets() {
  listing ??= readList();
  return listing;
}

async function readList() {
  try {
    const answer = await fetch(new URL("index.json", FOLDER));
    return answer.ok ? await answer.json() : [];
  } catch {
    // Without a network there is no more here than what the page holds itself.
    return [];
  }
}

/** The set whose table has this name. @param {unknown} file */
export async function setOf(file) {
  return (await listedSets()).find((set) => set.file === file);
}

/**
 * The table of a set, as if it had been dropped on the page.
 * @param {ListedSet} set
 * @param {(bytes: number) => void} [onProgress]
 * @param {AbortSignal} [signal]
 * @returns {Promise<File>}
 */
export async function fetchSet(set, onProgress = () => undefined, signal) {
  const refuse = (/** @type {string} */ why) => new Refusal(`${set.name} could not be fetched: ${why}.`);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  try {
    const answer = await fetch(new URL(set.file, FOLDER), { signal });
    if (!answer.ok || !answer.body) throw refuse(`the site answers ${answer.status}`);
    const reader = answer.body.getReader();
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      bytes += part.value.byteLength;
      onProgress(bytes);
    }
  } catch (error) {
    if (error instanceof Refusal || signal?.aborted) throw error;
    throw refuse("there is no connection to the site");
  }
  return new File(parts, set.file, { type: "text/csv" });
}
