// The glossary: every word is used, and explains itself by hover, focus and tap.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { GLOSSARY, meaningOf } from "../ui/glossary.js";
import { launch, QUICK, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const ROOT = new URL("../", import.meta.url);

/** The page's own modules but for the glossary. */
function sources() {
  return readdirSync(ROOT, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js") && !/^(pkg|tests)\//.test(path) && path !== "ui/glossary.js")
    .map((path) => readFileSync(new URL(path, ROOT), "utf8"));
}

test("every word of the glossary is used on the page, and every word that is used is in it", () => {
  const all = sources();
  const unused = Object.keys(GLOSSARY).filter((id) => !all.some((text) => text.includes(`"${id}"`)));
  assert.deepEqual(unused, []);
  const users = all.filter((text) => /import \{[^}]*\bterm\b[^}]*\} from ".*dom\.js"/.test(text));
  const called = users.flatMap((text) => [...text.matchAll(/\bterm\("([^"]*)"/g)].map(([, id]) => id));
  assert.ok(called.length > 0);
  assert.deepEqual(called.filter((id) => !Object.hasOwn(GLOSSARY, id)), []);
});

test("explanations are a sentence or two, and short enough to be read in passing", () => {
  for (const [id, { word, meaning }] of Object.entries(GLOSSARY)) {
    assert.ok(word.length > 0, id);
    assert.match(meaning, /^[A-Z0-9].*\.$/, id);
    assert.ok(meaning.length <= 200, `${id}: ${meaning.length} characters`);
  }
});

test("a word explains itself on hover, on focus and on a tap, and Escape ends it", async () => {
  await withPage(browser, QUICK, async (page) => {
    const word = page.locator("#view-explore .term").first();
    await word.waitFor();
    const meaning = (await word.getAttribute("data-tip")) ?? "";
    assert.ok(Object.keys(GLOSSARY).some((id) => meaningOf(/** @type {keyof typeof GLOSSARY} */ (id)) === meaning), meaning);
    const tip = page.getByRole("tooltip");
    const reads = () => tip.getByText(meaning).waitFor();

    // What scrolls away from under the pointer loses its explanation: first it is brought into sight.
    await word.scrollIntoViewIfNeeded();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await word.hover();
    await reads();
    await tip.hover();
    await reads();
    await page.mouse.move(1, 1);
    await tip.waitFor({ state: "hidden" });

    await word.focus();
    await reads();
    assert.equal(await word.getAttribute("aria-describedby"), "tip");
    // Who comes to a word by keyboard makes the page scroll: the explanation goes with the word.
    const below = async () => ((await tip.boundingBox())?.y ?? 0) - ((await word.boundingBox())?.y ?? 0);
    const distance = await below();
    await page.evaluate(() => {
      scrollBy(0, 40);
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    assert.ok(await tip.isVisible());
    assert.ok(Math.abs((await below()) - distance) < 1);
    await page.keyboard.press("Escape");
    await tip.waitFor({ state: "hidden" });

    await page.locator("h1:visible").focus();
    await word.tap();
    await reads();
    await page.locator("h1:visible").tap();
    await tip.waitFor({ state: "hidden" });
  }, { view: "explore", context: { hasTouch: true } });
});
