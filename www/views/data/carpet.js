// A year at one glance: a column for each day, from midnight at the top to midnight at the bottom,
// and as much colour as there is power.

import { clock, longDate, number, NBSP } from "../../ui/format.js";
import { h } from "../../ui/dom.js";
import { onThemeChange } from "../../ui/theme.js";
import { monthName, strongest } from "./profile.js";

/**
 * What is drawn: kW used are above 0, kW made below.
 * @typedef {object} Picture
 * @property {ArrayLike<number>} values One per step, day after day.
 * @property {string[]} dates ISO, one per day.
 * @property {number} perDay Steps of a day.
 */

/** @typedef {[number, number, number]} Rgb */

/** Around the picture, CSS px; the rest of the room on the left and below is for text. */
const EDGE = { top: 4, right: 4 };

/** A colour of the style sheet, as it is in the theme of the moment. @param {string} name @returns {Rgb} */
function colourOf(name) {
  const probe = h("span", { style: `color: var(${name})`, hidden: true });
  document.body.append(probe);
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
  probe.remove();
  return /** @type {Rgb} */ (parts.slice(0, 3).map(Number));
}

/** The colours of more and more power. */
function ramps() {
  const zero = colourOf("--heat-zero");
  return {
    used: [zero, colourOf("--heat-used"), colourOf("--heat-used-most")],
    made: [zero, colourOf("--heat-made"), colourOf("--heat-made-most")],
  };
}

/** @param {Rgb[]} ramp @param {number} share From 0 to 1. @returns {Rgb} */
function shade(ramp, share) {
  const place = Math.min(share, 1) * (ramp.length - 1);
  const index = Math.min(Math.floor(place), ramp.length - 2);
  const mix = place - index;
  return /** @type {Rgb} */ (ramp[index].map((low, channel) => low + mix * (ramp[index + 1][channel] - low)));
}

/** Of the labels, CSS px; it grows with the page's. */
function textSize() {
  return 0.75 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** One pixel per step. @param {Picture} picture @param {ReturnType<typeof ramps>} colours */
function pixels({ values, dates, perDay }, colours) {
  const most = strongest(values) || 1;
  const image = new ImageData(dates.length, perDay);
  for (let step = 0; step < values.length; step++) {
    const value = values[step];
    const colour = shade(value < 0 ? colours.made : colours.used, Math.abs(value) / most);
    const at = 4 * ((step % perDay) * dates.length + Math.floor(step / perDay));
    image.data.set([...colour, 255], at);
  }
  const canvas = new OffscreenCanvas(dates.length, perDay);
  /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(image, 0, 0);
  return canvas;
}

export class Carpet {
  /** @type {Picture | null} */
  #picture = null;
  /** @type {OffscreenCanvas | null} */
  #image = null;
  /** What the cursor is on, if it is anywhere. @type {{ day: number, step: number } | null} */
  #cursor = null;
  #canvas = h("canvas", { role: "img", tabindex: 0, "aria-describedby": "carpet-keys", class: "carpet-picture" });
  #readout = h("output", { class: "carpet-readout", "aria-live": "polite" });
  #scale = h("div", { class: "carpet-scale", "aria-hidden": "true" });

  constructor() {
    this.element = h(
      "figure",
      { class: "chart carpet" },
      h("div", { class: "chart-area" }, this.#canvas),
      h("div", { class: "carpet-foot" }, this.#scale, this.#readout),
      h("figcaption", { id: "carpet-keys" }, "Every column is a day, from midnight at the top to midnight at the bottom. Point at it, or move over it with the arrow keys."),
    );
    const redraw = () => this.#draw();
    new ResizeObserver(redraw).observe(this.#canvas);
    onThemeChange(() => this.#paint());
    this.#canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.#canvas.addEventListener("keydown", (event) => this.#key(event));
    for (const name of ["pointerleave", "blur"]) this.#canvas.addEventListener(name, () => this.#move(null));
  }

  /** @param {Picture} picture @param {string} summary For a reader who cannot see it. */
  show(picture, summary) {
    this.#picture = picture;
    this.#canvas.setAttribute("aria-label", summary);
    this.#move(null);
    this.#paint();
  }

  /** Colours have changed, or what they stand for. */
  #paint() {
    if (!this.#picture) return;
    this.#image = pixels(this.#picture, ramps());
    const { values } = this.#picture;
    const most = `${number(strongest(values), 1)}${NBSP}kW`;
    const [made, used] = [Array.prototype.some.call(values, (kw) => kw < 0), Array.prototype.some.call(values, (kw) => kw > 0)];
    const part = (/** @type {string} */ kind, /** @type {string} */ label) => [h("span", {}, label), h("span", { class: `ramp ${kind}` })];
    this.#scale.replaceChildren(
      ...(made ? part("made", used ? `${most} over` : most) : []),
      h("span", {}, "0"),
      ...(used ? part("used", made ? `${most} short` : most).reverse() : []),
    );
    this.#draw();
  }

  #size() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const text = textSize();
    const [left, bottom] = [3.4 * text, 1.7 * text];
    return { width, height, left, plotWidth: width - left - EDGE.right, plotHeight: height - EDGE.top - bottom };
  }

  #draw() {
    const [picture, image] = [this.#picture, this.#image];
    const { width, height, left, plotWidth, plotHeight } = this.#size();
    if (!picture || !image || plotWidth <= 0 || plotHeight <= 0) return;
    const scale = Math.max(devicePixelRatio, 1);
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    context.scale(scale, scale);
    context.imageSmoothingEnabled = false;
    context.drawImage(image, left, EDGE.top, plotWidth, plotHeight);
    this.#drawAxes(context, picture.dates);
    this.#drawCursor(context, picture);
  }

  /** @param {CanvasRenderingContext2D} context @param {string[]} dates */
  #drawAxes(context, dates) {
    const { height, left, plotWidth, plotHeight } = this.#size();
    const { color, fontFamily } = getComputedStyle(this.#canvas);
    Object.assign(context, { fillStyle: color, font: `${textSize()}px ${fontFamily}`, textAlign: "right", textBaseline: "middle" });
    for (const hour of [0, 6, 12, 18, 24]) {
      const y = EDGE.top + (hour / 24) * plotHeight;
      context.fillText(clock(hour), left - 5, Math.min(Math.max(y, EDGE.top + 5), EDGE.top + plotHeight - 5));
    }
    Object.assign(context, { textAlign: "left", textBaseline: "bottom" });
    let free = 0;
    dates.forEach((date, day) => {
      // Of several years the quarters, so that none hides the name of a year.
      if (!(dates.length > 366 ? /-(01|04|07|10)-01$/ : /-01$/).test(date)) return;
      const label = monthName(date, dates.length);
      const x = left + (day / dates.length) * plotWidth;
      context.fillRect(x, EDGE.top + plotHeight, 1, 4);
      if (x < free || x + context.measureText(label).width > left + plotWidth) return;
      context.fillText(label, x + 3, height);
      free = x + context.measureText(label).width + 8;
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {Picture} picture */
  #drawCursor(context, { dates, perDay }) {
    if (!this.#cursor) return;
    const { left, plotWidth, plotHeight } = this.#size();
    const [across, down] = [plotWidth / dates.length, plotHeight / perDay];
    const [x, y] = [left + this.#cursor.day * across, EDGE.top + this.#cursor.step * down];
    Object.assign(context, { strokeStyle: getComputedStyle(this.#canvas).color, lineWidth: 2 });
    context.strokeRect(x - 2, y - 1, across + 4, down + 2);
  }

  /** @param {{ day: number, step: number } | null} cursor */
  #move(cursor) {
    this.#cursor = cursor;
    this.#readout.textContent = cursor && this.#picture ? this.#tell(this.#picture, cursor) : "";
    this.#draw();
  }

  /** @param {Picture} picture @param {{ day: number, step: number }} cursor */
  #tell({ values, dates, perDay }, { day, step }) {
    const kw = values[day * perDay + step];
    const signed = Array.prototype.some.call(values, (value) => value < 0) && Array.prototype.some.call(values, (value) => value > 0);
    const meaning = !signed ? "" : kw < 0 ? " more made than used" : " more used than made";
    return `${longDate(dates[day])}, ${clock((24 * step) / perDay)}: ${number(Math.abs(kw), 2)}${NBSP}kW${meaning}`;
  }

  /** @param {PointerEvent} event */
  #point({ offsetX, offsetY }) {
    if (!this.#picture) return;
    const { left, plotWidth, plotHeight } = this.#size();
    const { dates, perDay } = this.#picture;
    const day = Math.floor(((offsetX - left) / plotWidth) * dates.length);
    const step = Math.floor(((offsetY - EDGE.top) / plotHeight) * perDay);
    const inside = day >= 0 && day < dates.length && step >= 0 && step < perDay;
    this.#move(inside ? { day, step } : null);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const moves = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
      PageUp: [-7, 0],
      PageDown: [7, 0],
    });
    const move = moves[event.key];
    if (!move || !this.#picture) return;
    event.preventDefault();
    const { dates, perDay } = this.#picture;
    const from = this.#cursor ?? { day: 0, step: perDay / 2 };
    const within = (/** @type {number} */ value, /** @type {number} */ count) => Math.min(Math.max(value, 0), count - 1);
    this.#move({ day: within(from.day + move[0], dates.length), step: within(from.step + move[1], perDay) });
  }
}
