// The service worker of a site: after the first visit the page opens and works without a network.
//
// `cargo xtask` puts the list of the site's files with the hashes of their contents before this text
// and writes both as `sw.js` beside index.html; so another version of any file is another worker. Files
// are kept under their hashes: an old version stays whole until no page shows it any more, a new one is
// whole before it is offered, and of a new one only what has changed is fetched.

/**
 * @typedef {object} Site
 * @property {string} version
 * @property {Record<string, string>} files By path from the site's root: 16 hexadecimal digits of its SHA-256.
 * @property {string[]} later Paths of what is large and not always used: kept once it was.
 */

/**
 * What this file uses of a service worker's scope, which the DOM's types lack.
 * @typedef {object} Scope
 * @property {Site} SITE
 * @property {{ scope: string, update(): Promise<unknown> }} registration
 * @property {{ claim(): Promise<void>, matchAll(options: object): Promise<{ url: string }[]> }} clients
 * @property {() => Promise<void>} skipWaiting
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 */

const worker = /** @type {Scope} */ (/** @type {unknown} */ (globalThis));
const { version, files, later } = worker.SITE;
/** Where the site lies: ends with a slash. */
const root = worker.registration.scope;
const cacheName = `peergrid ${root}`;
/** How many files are fetched at a time. */
const AT_ONCE = 4;
/** Digits of a hash that are compared. */
const DIGITS = 16;

/** Under what a file is kept. @param {string} path */
const keyOf = (path) => `${root}${path}?${files[path]}`;

/** @param {ArrayBuffer} bytes */
async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, DIGITS);
}

/** Fetches a file of this version and keeps it; what belongs to another version is refused. @param {string} path */
async function fetchAndKeep(path) {
  const response = await fetch(root + path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await hashOf(bytes)) !== files[path]) {
    void worker.registration.update();
    throw new Error(`${path} belongs to another version of this page`);
  }
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  const kept = new Response(bytes, { headers: { "content-type": type } });
  const cache = await caches.open(cacheName);
  await cache.put(keyOf(path), kept.clone());
  return kept;
}

/** @param {string} path */
async function answer(path) {
  const cache = await caches.open(cacheName);
  return (await cache.match(keyOf(path))) ?? fetchAndKeep(path);
}

async function fetchMissing() {
  const cache = await caches.open(cacheName);
  const queue = Object.keys(files).filter((path) => !later.includes(path));
  const work = async () => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (!(await cache.match(keyOf(path)))) await fetchAndKeep(path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Forgets what is of no use to this version. */
async function tidy() {
  const cache = await caches.open(cacheName);
  const wanted = new Set(Object.keys(files).map((path) => new Request(keyOf(path)).url));
  const stale = (await cache.keys()).filter(({ url }) => !wanted.has(url));
  await Promise.all(stale.map((request) => cache.delete(request)));
}

/** Which file a request asks for; `null` for one that is not of this site. @param {Request} request */
function pathOf({ method, url }) {
  const address = url.split(/[?#]/)[0];
  if (method !== "GET" || !address.startsWith(root)) return null;
  const path = decodeURIComponent(address.slice(root.length)) || "index.html";
  return Object.hasOwn(files, path) ? path : null;
}

/** A new version takes over where one page shows the old one; two could not be told apart. @param {MessagePort} port */
async function takeOver(port) {
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = all.filter(({ url }) => url.startsWith(root)).length;
  if (open <= 1) await worker.skipWaiting();
  port.postMessage({ open });
}

worker.addEventListener("install", (event) => event.waitUntil(fetchMissing()));
worker.addEventListener("activate", (event) => event.waitUntil(tidy()));
worker.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(answer(path));
});
worker.addEventListener("message", (event) => {
  const { type } = event.data;
  // The page of a first visit came from the network; it is served from here if it is of this version.
  if (type === "serve" && event.data.version === version) event.waitUntil(worker.clients.claim());
  if (type === "takeOver") event.waitUntil(takeOver(event.ports[0]));
});
