// Offline after the first visit: registers the site's service worker and offers new versions.
//
// A page that is being developed has no version and no worker: what is edited shows at once.

import { notify } from "../ui/notices.js";

/** Where the site lies. */
const ROOT = new URL("../../", import.meta.url);
const DEVELOPMENT = "development";

/** What `cargo xtask` wrote into the page. */
function versionOf() {
  return document.querySelector('meta[name="version"]')?.getAttribute("content") ?? DEVELOPMENT;
}

/** Call it when the page is ready: the worker fetches all files, and nobody should wait for that. */
export async function installOffline() {
  // Absent where the page comes over plain http from another machine.
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const version = versionOf();
  if (version === DEVELOPMENT) {
    await forget(serviceWorker);
    return;
  }
  // Private windows may refuse; the page works all the same while there is a network.
  const registration = await serviceWorker.register(new URL("sw.js", ROOT), { updateViaCache: "none" }).catch(() => undefined);
  if (!registration) return;
  const watch = () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && serviceWorker.controller) offer(fresh);
    });
  };
  watch();
  registration.addEventListener("updatefound", watch);
  if (registration.waiting && serviceWorker.controller) offer(registration.waiting);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => undefined);
  });
  if (serviceWorker.controller) return;
  const { active } = await serviceWorker.ready;
  active?.postMessage({ type: "serve", version });
}

/** A worker that an earlier visit to this address left behind. @param {ServiceWorkerContainer} serviceWorker */
async function forget(serviceWorker) {
  const all = await serviceWorker.getRegistrations().catch(() => []);
  for (const registration of all) if (registration.scope === ROOT.href) await registration.unregister();
}

/** @param {ServiceWorker} fresh A version that is complete and waits. */
function offer(fresh) {
  notify("info", "version", "A new version of this page is ready; what has been trained is kept.", [
    { label: "Reload", act: () => takeOver(fresh) },
  ]);
}

/** @param {ServiceWorker} fresh */
function takeOver(fresh) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    if (data.open <= 1) return;
    notify("info", "version", `The new version comes when one page shows the old one: this one is open ${data.open} times, so close the others.`, [
      { label: "Reload", act: () => takeOver(fresh) },
    ]);
  };
  fresh.postMessage({ type: "takeOver" }, [port2]);
}
