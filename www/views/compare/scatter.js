// Cost against peak-window import of every run that is known here, drawn as SVG at the size it has.

import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { s } from "../explore/svg.js";
import { ticks } from "../sweep/scatter.js";
import { named, SEEDS } from "./rows.js";

/**
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("./rows.js").Row} Row
 */

/**
 * One run. A seed has no name beside it: there are many of them, close to each other.
 * @typedef {{ key: string, name: string, role: string, cost: number, peak: number, isSeed: boolean }} Point
 */

const HEIGHT = 400;
/** The page's usual size of text, px: with it the drawing grows. */
const USUAL = 16;
const MARGIN = { left: 52, right: 20, top: 26, bottom: 46 };
const RADIUS = 6;
/** Between a point and its name, and between two lines of names, px. */
const GAP = 10;
const LINE = 15;
/** Width of a letter, about, px. */
const LETTER = 6.6;

/**
 * Every policy, every seed, and the mean of the seeds.
 * @param {Row[]} rows
 * @returns {Point[]}
 */
export function pointsOf(rows) {
  return rows.flatMap((row) => {
    const { key, role, kpis, result } = row;
    const at = (/** @type {{ [kpi: string]: number | null }} */ from, /** @type {string} */ name, isSeed = false) => {
      const { cost, peak_import: peak } = from;
      return cost == null || peak == null ? [] : [{ key, name, role, cost, peak, isSeed }];
    };
    const seeds = key === SEEDS ? (result.over_seeds?.kpis ?? []) : [];
    return [...seeds.flatMap((seed) => at(seed, `${row.label}, one of its seeds`, true)), ...at(kpis, named(row))];
  });
}

export function scatter() {
  const canvas = s("svg", { role: "img", height: HEIGHT, width: "100%" });
  const element = h("div", { class: "run-scatter" });
  element.append(canvas);
  /** @type {{ points: Point[], setting: Setting } | null} */
  let shown = null;
  let width = 0;
  const draw = () => {
    if (shown && shown.points.length > 0 && width > 0) canvas.replaceChildren(...drawing(shown.points, shown.setting, width));
  };
  new ResizeObserver(([{ contentRect }]) => {
    const enlargement = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
    const next = contentRect.width / enlargement;
    if (next === width) return;
    width = next;
    canvas.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    canvas.setAttribute("height", String(HEIGHT * enlargement));
    draw();
  }).observe(element);
  return {
    element,
    /** @param {Row[]} rows @param {Setting} setting */
    show(rows, setting) {
      shown = { points: pointsOf(rows), setting };
      const all = shown.points.map(({ name, cost, peak }) => `${name} ${number(cost, 2)} and ${number(peak, 2)}`);
      canvas.setAttribute("aria-label", `Cost, $ a day, against peak-window import, kWh a day: ${all.join("; ")}.`);
      draw();
    },
  };
}

/** @param {Point[]} points @param {Setting} setting @param {number} width */
function drawing(points, setting, width) {
  const across = ticks(...extent(points.map(({ cost }) => cost)), width / 110);
  const up = ticks(...extent(points.map(({ peak }) => peak)), 5);
  const x = scale(across.values, MARGIN.left, width - MARGIN.right);
  const y = scale(up.values, HEIGHT - MARGIN.bottom, MARGIN.top);
  const unit = (/** @type {string} */ id) => setting.kpis.find((kpi) => kpi.id === id)?.unit ?? "";
  const placed = points.map((point) => ({ ...point, x: x(point.cost), y: y(point.peak) }));
  return [
    ...up.values.map((value) => s("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) })),
    ...across.values.map((value) => text("tick", x(value), HEIGHT - MARGIN.bottom + 18, "middle", number(value, across.digits))),
    ...up.values.map((value) => text("tick", MARGIN.left - 8, y(value) + 4, "end", number(value, up.digits))),
    text("axis", width - MARGIN.right, HEIGHT - 6, "end", `Cost, ${unit("cost")} →`),
    text("axis", 2, 12, "start", `↑ Peak-window import, ${unit("peak_import")}`),
    ...placed.map(dot),
    ...names(placed.filter(({ isSeed }) => !isSeed), width),
  ];
}

/** @param {number[]} values @returns {[number, number]} */
function extent(values) {
  return [Math.min(...values), Math.max(...values)];
}

/** @param {number[]} values @param {number} from @param {number} to @returns {(value: number) => number} */
function scale(values, from, to) {
  const [low, high] = [values[0], values[values.length - 1]];
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/** @param {string} kind @param {number} x @param {number} y @param {string} anchor @param {string} content */
function text(kind, x, y, anchor, content) {
  return s("text", { class: kind, x, y, "text-anchor": anchor }, content);
}

/** @param {Point & { x: number, y: number }} point */
function dot({ name, role, cost, peak, isSeed, x, y }) {
  const words = s("title", {}, `${name}: cost ${number(cost, 2)}, peak import ${number(peak, 2)}`);
  return s("g", { class: `point ink-${role}` }, words, s("circle", { cx: x, cy: y, r: isSeed ? RADIUS / 2 : RADIUS }));
}

/**
 * The names beside their points: to the right where there is room, and a line lower where one stands already.
 * @param {(Point & { x: number, y: number })[]} points
 * @param {number} width
 */
function names(points, width) {
  /** @type {{ left: number, right: number, y: number }[]} */
  const taken = [];
  return points
    .toSorted((a, b) => a.y - b.y)
    .map(({ name, x, y }) => {
      const length = name.length * LETTER;
      const right = x + GAP + length <= width;
      const left = right ? x + GAP : Math.max(0, x - GAP - length);
      const place = { left, right: left + length, y: y + 4 };
      const meets = () => taken.some((other) => other.left < place.right && place.left < other.right && Math.abs(other.y - place.y) < LINE);
      while (meets()) place.y += 1;
      taken.push(place);
      return text("name", right ? left : Math.min(x - GAP, place.right), place.y, right ? "start" : "end", name);
    });
}
