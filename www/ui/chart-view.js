// A chart on the page: a canvas that follows its size, the theme and the screen's density,
// with a caption and a picture to take away.

import { load } from "../engines/bundles.js";
import { download, h } from "./dom.js";
import { isDark, onThemeChange } from "./theme.js";

/**
 * @typedef {"no_battery" | "rule_based" | "street_greedy" | "time_of_use" | "mpc" | "phase2" | "grid_aware" | "optimum" | "selfish_optimum"
 *   | "kept_1" | "kept_2" | "kept_3"
 *   | "load" | "pv" | "battery" | "price" | "import" | "export" | "peer" | "demand" | "supply" | "voltage" | "unserved"
 *   | "neutral" | "accent"} Role
 * @typedef {{ label?: string, min?: number, max?: number, ticks?: "number" | "hour_of_day" | "count" | "category",
 *   labels?: string[] }} Axis
 * @typedef {{ label?: string, role?: string, x: number[], y: (number | null)[],
 *   style?: "line" | "dashed" | "area" | "steps" | "bars" | "points" | "shape" }} Series
 * @typedef {{ from: number, to: number, label?: string, axis?: "x" | "y" }} Band
 * @typedef {{ y: number, label?: string, role?: string }} Line
 * @typedef {{ title?: string, x?: Axis, y?: Axis, series?: Series[], bands?: Band[], lines?: Line[] }} Chart
 * @typedef {{ theme: "light" | "dark", scale: number, font_size: number, transparent: boolean }} Look
 * @typedef {object} ChartModule
 * @property {(options: { module_or_path: unknown }) => Promise<unknown>} default
 * @property {(canvas: HTMLCanvasElement, chart: Chart, look: Look) => void} draw
 * @property {(canvas: HTMLCanvasElement, charts: Chart[], look: Look) => void} draw_stack
 */

/** Pixels of a saved picture per CSS pixel. */
const PICTURE_SCALE = 2;

/** Size of the text in charts where that of the page is as usual, px. */
const FONT_SIZE = 12;
/** The page's usual size of text, px. */
const USUAL = 16;

/** How much larger than usual text is on this page: lines and points grow with it. */
function enlargement() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
}

/** @type {Promise<void> | undefined} Fetched when the first chart has something to show. */
let loading;
/** @type {ChartModule | undefined} Once it is there. */
let loaded;
/** It could not be fetched: that is tried again by hand. */
let failed = false;
/** Charts that cannot be drawn without it. @type {Set<() => void>} */
const lacking = new Set();

function loadModule() {
  loading ??= load("charts")
    .then((module) => {
      loaded = /** @type {ChartModule} */ (module);
    })
    .catch((error) => {
      console.error(error);
      failed = true;
    })
    .finally(() => {
      for (const draw of lacking) inSomeFrame(draw);
      lacking.clear();
    });
  return loading;
}

function tryAgain() {
  failed = false;
  loading = undefined;
  void loadModule();
}

/** How long a frame may be spent on charts before the rest of them is left to the next, ms. */
const BUDGET = 8;
/** Charts to be drawn anew. @type {Set<() => void>} */
const waiting = new Set();

/** @param {() => void} draw */
function inSomeFrame(draw) {
  if (waiting.size === 0) requestAnimationFrame(drawSome);
  waiting.add(draw);
}

function drawSome() {
  const end = performance.now() + BUDGET;
  for (const draw of waiting) {
    waiting.delete(draw);
    draw();
    if (performance.now() > end) break;
  }
  if (waiting.size > 0) requestAnimationFrame(drawSome);
}

/** Before a page is printed there is no other frame. */
function drawAll() {
  for (const draw of waiting) draw();
  waiting.clear();
}

export class ChartView {
  /** @type {Chart[]} */
  #charts = [];
  #caption;
  #canvas = h("canvas", { role: "img" });
  #note = h("p", { class: "chart-note" });
  #retry = h("span", {}, "What draws the charts could not be loaded. ", h("button", { type: "button", class: "small", onclick: tryAgain }, "Try again"));

  /**
   * @param {string} name Of the picture file, without its ending.
   * @param {string} caption What the chart shows, in a sentence.
   * @param {string} [kind] A class for its size.
   */
  constructor(name, caption, kind = "") {
    this.#caption = caption;
    this.element = h(
      "figure",
      { class: `chart ${kind}` },
      h("div", { class: "chart-area" }, this.#canvas, this.#note),
      h(
        "figcaption",
        {},
        h("span", {}, caption),
        h("button", { type: "button", class: "quiet small", onclick: () => void this.#save(name) }, "PNG"),
      ),
    );
    new ResizeObserver(() => this.#schedule()).observe(this.#canvas);
    onThemeChange(() => this.#schedule());
    addEventListener("beforeprint", drawAll);
    this.empty("");
  }

  /**
   * @param {Chart[]} charts One, or several above one another on the same x axis.
   * @param {string} summary What a reader who cannot see it should know.
   */
  show(charts, summary) {
    this.#charts = charts;
    // While there is nothing to draw with, the way to try again stays, and the focus on it.
    this.#note.hidden = !failed;
    this.#canvas.setAttribute("aria-label", summary);
    this.element.classList.remove("is-empty");
    this.#schedule();
  }

  /** @param {string} why There is nothing to show. */
  empty(why) {
    this.#charts = [];
    this.#note.hidden = false;
    this.#note.textContent = why;
    this.#canvas.setAttribute("aria-label", why || this.#caption);
    this.element.classList.add("is-empty");
    this.#schedule();
  }

  #schedule() {
    inSomeFrame(this.#draw);
  }

  #draw = () => {
    const canvas = this.#canvas;
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    if (this.#charts.length > 0 && !loaded) {
      lacking.add(this.#draw);
      if (failed) this.#offerRetry();
      else void loadModule();
      return;
    }
    const scale = Math.min(Math.max(devicePixelRatio, 0.5), 8);
    canvas.width = Math.round(clientWidth * scale);
    canvas.height = Math.round(clientHeight * scale);
    if (!loaded || this.#charts.length === 0) return;
    try {
      drawOn(loaded, canvas, this.#charts, scale, true);
      this.#note.hidden = true;
    } catch (error) {
      // Too little room, most likely: the sentence stands where the chart would.
      this.#note.textContent = error instanceof Error ? error.message : String(error);
      this.#note.hidden = false;
    }
  };

  #offerRetry() {
    if (this.#retry.parentNode !== this.#note) this.#note.replaceChildren(this.#retry);
    this.#note.hidden = false;
  }

  /** A picture has a background and a margin, which the page does not need. @param {string} name */
  async #save(name) {
    const { clientWidth, clientHeight } = this.#canvas;
    await loadModule();
    if (!loaded) return;
    const canvas = h("canvas", { width: clientWidth * PICTURE_SCALE, height: clientHeight * PICTURE_SCALE });
    drawOn(loaded, canvas, this.#charts, PICTURE_SCALE, false);
    canvas.toBlob((blob) => blob && download(`${name}.png`, blob, "image/png"));
  }
}

/**
 * @param {ChartModule} module
 * @param {HTMLCanvasElement} canvas
 * @param {Chart[]} charts
 * @param {number} scale Canvas pixels per CSS pixel.
 * @param {boolean} transparent
 */
function drawOn(module, canvas, charts, scale, transparent) {
  /** @type {Look} */
  const look = { theme: isDark() ? "dark" : "light", scale: scale * enlargement(), font_size: FONT_SIZE, transparent };
  if (charts.length === 1) module.draw(canvas, charts[0], look);
  else module.draw_stack(canvas, charts, look);
}
