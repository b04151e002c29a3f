// One Chromium for all tests, a fresh context for each, and no error may pass unseen.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A software adapter: right for correctness, slow, and the same on every machine.
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--ignore-gpu-blocklist",
];

/** Nothing below is timed; this only ends a test that hangs. */
const PATIENCE = Number(process.env.PEERGRID_PATIENCE ?? 180_000);

/** A small street with short iterations, more of them than most tests wait for. */
export const QUICK = "data.homes=4&training.microgrids=20&ppo.batch_size=240&ppo.total_timesteps=400000";

/** The address of the page, with a slash at its end. */
export const URL_UNDER_TEST = process.env.PEERGRID_URL ?? "";

export async function launch() {
  assert.ok(URL_UNDER_TEST, "PEERGRID_URL must hold the page's address; `cargo xtask test` sets it.");
  return chromium.launch({ executablePath: process.env.PEERGRID_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * Opens the page in a context of its own and runs `body`; then no error may have been
 * reported by the page, its worker or the console.
 * @param {import("playwright-core").Browser} browser
 * @param {string} query Without the question mark.
 * @param {(page: import("playwright-core").Page) => Promise<void>} body
 * @param {object} [options]
 * @param {string} [options.view] The one to open; the page's first by default.
 * @param {import("playwright-core").BrowserContextOptions} [options.context]
 * @param {(page: import("playwright-core").Page) => Promise<void>} [options.before]
 * @param {RegExp} [options.expected] Console errors that belong to the test.
 * @param {boolean} [options.firstVisit] Whether the page may greet as one that was never seen.
 */
export async function withPage(browser, query, body, { view, context: settings, before, expected, firstVisit = false } = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block", ...settings });
  // A blank page in between has no storage.
  if (!firstVisit) await context.addInitScript(() => location.protocol === "about:" || localStorage.setItem("peergrid.tour", "yes"));
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(`page: ${error.stack}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected?.test(message.text())) errors.push(`console: ${message.text()}`);
  });
  try {
    await before?.(page);
    await page.goto(URL_UNDER_TEST + (query && `?${query}`) + (view ? `#${view}` : ""));
    await ready(page);
    await body(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(errors, [], "errors in the console or on the page");
}

/** Waits until the engine takes requests. @param {import("playwright-core").Page} page */
export async function ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.engine !== "starting" && "peergrid" in globalThis);
  const engine = await page.evaluate(() => document.documentElement.dataset.engine);
  assert.equal(engine, "ready", await page.locator("#notices").innerText());
}

/**
 * Goes to another view, as a visitor does.
 * @param {import("playwright-core").Page} page
 * @param {string} view
 */
export async function show(page, view) {
  await page.locator(`nav a[href="#${view}"]`).click();
  await page.locator(`#view-${view}`).waitFor();
}

/** Runs all policies on the held-out days. @param {import("playwright-core").Page} page */
export async function evaluate(page) {
  await show(page, "compare");
  await page.getByRole("button", { name: /^Evaluate all/ }).click();
}

/**
 * Waits for a phase of the training.
 * @param {import("playwright-core").Page} page
 * @param {string} phase
 */
export function phase(page, phase) {
  return page.waitForFunction((wanted) => document.documentElement.dataset.phase === wanted, phase);
}

/** @param {import("playwright-core").Page} page */
export function history(page) {
  return page.evaluate(() => /** @type {any} */ (globalThis).peergrid.history);
}

/**
 * Waits until this many iterations are behind.
 * @param {import("playwright-core").Page} page
 * @param {number} count
 */
export function iterations(page, count) {
  return page.waitForFunction((wanted) => /** @type {any} */ (globalThis).peergrid.history.length >= wanted, count);
}

/** @param {import("playwright-core").Page} page @param {string} name */
export function press(page, name) {
  return page.getByRole("button", { name, exact: true }).click();
}

/**
 * Presses a button and reads the file that it hands over.
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").Locator} button
 */
export async function downloaded(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}

/**
 * Drops a file, as a hand with a mouse does.
 * @param {import("playwright-core").Page} page
 * @param {string} target Selector.
 * @param {string} name
 * @param {string | Buffer} content
 */
async function drop(page, target, name, content) {
  const dataTransfer = await page.evaluateHandle(
    ([fileName, base64]) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], fileName));
      return transfer;
    },
    [name, Buffer.from(content).toString("base64")],
  );
  await page.dispatchEvent(target, "drop", { dataTransfer });
}

/**
 * On the view Data, which must be in sight.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {string} text
 */
export const dropFile = (page, name, text) => drop(page, ".drop", name, text);

/**
 * Anywhere on the page.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {string | Buffer} content
 */
export const dropOnPage = (page, name, content) => drop(page, "footer", name, content);

/**
 * Keeps a picture where PEERGRID_SHOTS names a folder.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function picture(page, name) {
  const folder = process.env.PEERGRID_SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
