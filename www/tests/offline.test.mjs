// Without a network, after one visit. A page that is being developed keeps nothing, so this needs a site.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { evaluate, history, iterations, launch, phase, press, QUICK, ready, show, URL_UNDER_TEST, withPage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** Why there is nothing to test; `false` where there is a site. @type {string | false} */
let none = false;
before(async () => {
  browser = await launch();
  const page = await (await fetch(URL_UNDER_TEST)).text();
  if (page.includes('name="version" content="development"')) none = "the page is served as it is developed, not as a site";
});
after(() => browser.close());

const ALLOWED = { serviceWorkers: /** @type {const} */ ("allow") };

/** Waits until the page is served by its worker, which then has all files. @param {Page} page */
async function kept(page) {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

/**
 * The site again, at an address of its own, with answers that can be changed; when it is closed, there is no network.
 * @param {(path: string, text: string) => string} change Of text files.
 */
async function mirror(change) {
  const asked = { paths: /** @type {string[]} */ ([]) };
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "/").slice(1).split("?")[0];
    asked.paths.push(path);
    const answer = await fetch(URL_UNDER_TEST + path);
    const type = answer.headers.get("content-type") ?? "";
    response.writeHead(answer.status, { "content-type": type, "cache-control": "no-cache" });
    response.end(/text|json/.test(type) ? change(path, await answer.text()) : Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/`, asked, close };
}

test("after one visit the page opens, trains and compares without a network", async (t) => {
  if (none) return t.skip(none);
  await withPage(browser, QUICK, async (page) => {
    await kept(page);
    // What is large and was not used is not kept.
    const all = await page.evaluate(async () => {
      const caches = await Promise.all((await globalThis.caches.keys()).map((name) => globalThis.caches.open(name)));
      return (await Promise.all(caches.map((cache) => cache.keys()))).flat().map(({ url }) => url);
    });
    assert.ok(all.some((url) => url.includes("/pkg/engine/")));
    assert.ok(!all.some((url) => url.includes("engine-webgpu")));
    await page.context().setOffline(true);
    // What was never opened is there as well.
    await show(page, "data");
    await page.locator("#view-data table").first().waitFor();
    await show(page, "train");

    await page.reload();
    await ready(page);
    await press(page, "Step");
    await iterations(page, 1);
    await phase(page, "paused");
    await evaluate(page);
    await page.waitForSelector('.kpis td[data-policy="agent"]');
    assert.equal((await history(page)).length, 1);
    await page.context().setOffline(false);
  }, { view: "train", context: ALLOWED });
});

test("a new version is offered when all of it is there, and nothing of it shows before", async (t) => {
  if (none) return t.skip(none);
  let version = 1;
  // As if the page had another name: it changes, and so does the worker's list of files.
  const renamed = (/** @type {string} */ page) => page.replace("</svg>\n        Peergrid", "</svg>\n        Peergrid II");
  const page2 = renamed(await (await fetch(URL_UNDER_TEST)).text());
  const hash = createHash("sha256").update(page2).digest("hex").slice(0, 16);
  const site = await mirror((path, text) => {
    if (version === 1) return text;
    if (path === "" || path === "index.html") return renamed(text);
    return path === "sw.js" ? text.replace(/"index\.html": ?"[0-9a-f]+"/, `"index.html":"${hash}"`) : text;
  });
  const context = await browser.newContext({ ...ALLOWED, reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    const brand = () => page.locator(".brand").innerText();
    await page.goto(`${site.url}?${QUICK}#compare`);
    await ready(page);
    await kept(page);
    version = 2;
    site.asked.paths.length = 0;
    await page.reload();
    await ready(page);
    const notice = page.getByRole("status").getByText("A new version of this page is ready");
    await notice.waitFor();
    assert.equal((await brand()).trim(), "Peergrid");
    // Only what changed was fetched again.
    const fetched = site.asked.paths.filter((path) => path !== "sw.js");
    assert.deepEqual([...new Set(fetched)], ["index.html"]);

    await press(page, "Reload");
    await page.getByText("Peergrid II").waitFor();
    await ready(page);
    assert.equal(await notice.count(), 0);
    await site.close();
    await page.reload();
    await ready(page);
    assert.equal((await brand()).trim(), "Peergrid II");
  } finally {
    await context.close();
    await site.close();
  }
});

test("the page can be installed as an app", async () => {
  const manifest = await (await fetch(`${URL_UNDER_TEST}manifest.webmanifest`)).json();
  assert.deepEqual([manifest.start_url, manifest.scope], ["./", "./"]);
  for (const { src, type, sizes } of manifest.icons) {
    const answer = await fetch(URL_UNDER_TEST + src);
    assert.equal(answer.headers.get("content-type"), type, src);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (type === "image/png") assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes);
  }
  assert.ok(manifest.icons.some((/** @type {any} */ { purpose }) => purpose === "maskable"));
});
