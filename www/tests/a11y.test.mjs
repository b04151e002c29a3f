// Accessibility: axe-core finds nothing serious in any view, in light and dark, nor in what opens over them;
// and everything is reached by keyboard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { evaluate, iterations, launch, phase, press, QUICK, show, withPage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
let axe = "";
before(async () => {
  browser = await launch();
  axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
});
after(() => browser.close());

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What is serious or critical, in a line each. @param {Page} page */
async function serious(page) {
  // Not as a script element: a page may allow none but its own.
  await page.evaluate(`${axe}; undefined`);
  const violations = await page.evaluate(async (tags) => {
    const found = await /** @type {any} */ (globalThis).axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return found.violations;
  }, RULES);
  return violations
    .filter((/** @type {any} */ { impact }) => impact === "serious" || impact === "critical")
    .flatMap((/** @type {any} */ { id, nodes }) =>
      nodes.map((/** @type {any} */ node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary.replace(/\s+/g, " ").slice(0, 240)})`),
    );
}

/** What is wrong with the levels of the headings: one h1, and no level left out on the way down. @param {Page} page */
async function headings(page) {
  const all = await page.evaluate(() =>
    [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility())
      .map(({ tagName, textContent }) => ({ level: Number(tagName[1]), text: textContent })),
  );
  const first = all.filter(({ level }) => level === 1).length;
  const skipped = all.filter(({ level }, index) => level > (index === 0 ? 1 : all[index - 1].level + 1));
  return [...(first === 1 ? [] : [`${first} headings of the first level`]), ...skipped.map(({ level, text }) => `h${level} “${text}” leaves a level out`)];
}

/** @param {Page} page */
const views = (page) => page.locator("nav a").evaluateAll((links) => links.map((link) => (link.getAttribute("href") ?? "#").slice(1)));

for (const [colorScheme, width] of /** @type {const} */ ([["light", 1280], ["dark", 1280], ["light", 360]])) {
  test(`axe finds nothing serious in any view, ${colorScheme}, ${width} px`, async () => {
    await withPage(browser, QUICK, async (page) => {
      await press(page, "Train");
      await iterations(page, 2);
      await press(page, "Pause");
      await phase(page, "paused");
      await evaluate(page);
      await page.waitForSelector(".kpis");
      /** @type {string[]} */
      const found = [];
      for (const view of await views(page)) {
        await show(page, view);
        await page.locator(`#view-${view} > :nth-child(2)`).waitFor();
        await page.waitForTimeout(300);
        for (const line of [...(await serious(page)), ...(await headings(page))]) found.push(`${view}: ${line}`);
      }
      assert.deepEqual(found, []);
    }, { view: "train", context: { colorScheme, viewport: { width, height: 800 } } });
  });

  test(`axe finds nothing serious in what opens over a view, ${colorScheme}, ${width} px`, async () => {
    await withPage(browser, QUICK, async (page) => {
      await show(page, "explore");
      await page.locator("#view-explore .home").first().focus();
      await page.keyboard.press("Enter");
      await page.getByRole("region", { name: /^Home s1/ }).waitFor();
      assert.deepEqual(await serious(page), [], "a home");
      await show(page, "train");
      await press(page, "Share");
      await page.locator("#share-menu").waitFor();
      assert.deepEqual(await serious(page), [], "menu");
      await page.keyboard.press("Escape");
      await press(page, "Take the tour");
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await serious(page), [], "tour");
      await page.keyboard.press("Escape");
      if (width > 360) await press(page, "Lecture mode");
      assert.deepEqual(await serious(page), [], "lecture");
    }, { view: "train", context: { colorScheme, viewport: { width, height: 800 } } });
  });
}

test("the first tab stop skips to the content, and every stop shows where the focus is", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "skip");
    assert.ok((await page.locator("#skip").boundingBox())?.x ?? -1 >= 0);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "views");
    const stops = new Set();
    for (let tab = 0; tab < 25; tab++) {
      await page.keyboard.press("Tab");
      const { name, shown } = await page.evaluate(() => {
        const element = /** @type {HTMLElement} */ (document.activeElement);
        const rings = [element, element.closest("label"), element.nextElementSibling, element.parentElement];
        const ring = (/** @type {Element | null} */ part) => part !== null && getComputedStyle(part).outlineStyle !== "none";
        return { name: element.outerHTML.slice(0, 120), shown: element === document.body || rings.some(ring) };
      });
      stops.add(name);
      assert.ok(shown, `no ring around ${name}`);
    }
    assert.ok(stops.size > 10, `only ${stops.size} stops`);
  }, { view: "train" });
});

test("without colours of its own and without motion the page stays usable", async () => {
  await withPage(browser, QUICK, async (page) => {
    for (const view of await views(page)) {
      await show(page, view);
      const moving = await page.evaluate(() =>
        document.getAnimations().filter(({ playState, effect }) => playState === "running" && Number(effect?.getComputedTiming().duration) > 0).length,
      );
      assert.equal(moving, 0, view);
    }
    const pressed = page.locator("nav a[aria-current]");
    const other = page.locator("nav a:not([aria-current])").first();
    const line = (/** @type {import("playwright-core").Locator} */ link) => link.evaluate((element) => getComputedStyle(element).borderBottomWidth);
    assert.notEqual(await line(pressed), await line(other), "the view in sight is told by more than colour");
  }, { context: { forcedColors: "active", reducedMotion: "reduce" } });
});
