// The scatter of the sweep's combinations, drawn as SVG at the size it has.

import { number } from "../../ui/format.js";
import { h } from "../../ui/dom.js";

/**
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("./pareto.js").Point} Point
 */

/** Where a policy stands. @typedef {{ cost: number, peak: number }} Place */

const HEIGHT = 340;
const MARGIN = { left: 52, right: 24, top: 30, bottom: 46 };
/** Radius of the least fair and of the fairest point, px. */
const RADIUS = [5, 12];
/** Nearer than this points are one to the eye, px. */
const SAME_SPOT = 6;
/** What a letter needs, px. */
const LETTER = 13;

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Round numbers from just below `low` to just above `high`.
 * @param {number} low
 * @param {number} high
 * @param {number} count About so many.
 */
export function ticks(low, high, count) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 2.5, 5, 10].map((lead) => lead * power).find((size) => span / size <= count) ?? 10 * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (step / 10 ** Math.floor(Math.log10(step)) === 2.5 ? 1 : 0));
  return { values: Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step), digits };
}

/** @param {(combination: import("../../sweep/rows.js").Combination) => void} open */
export function scatter(open) {
  const canvas = svg("svg", { role: "img", height: HEIGHT, width: "100%" });
  const legend = h("p", { class: "hint scatter-legend" });
  const element = h("div", { class: "scatter", hidden: true }, h("div", {}), legend);
  element.firstElementChild?.replaceWith(canvas);
  /** @type {{ points: Point[], references: Place[], setting: Setting, line: boolean } | null} */
  let shown = null;
  let width = 0;
  canvas.addEventListener("click", ({ target }) => {
    const point = target instanceof Element ? target.closest(".point") : null;
    const index = Number(point?.getAttribute("data-index") ?? -1);
    if (shown?.points[index]) open(shown.points[index].combination);
  });

  const draw = () => {
    if (!shown || width === 0) return;
    canvas.replaceChildren(...drawing(shown, width));
  };
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === width) return;
    width = contentRect.width;
    draw();
  }).observe(element);

  return {
    element,
    /**
     * @param {Point[]} points
     * @param {Place[]} references
     * @param {Setting} setting
     * @param {boolean} withFairness A front in three measures is no line in this plane.
     */
    show(points, references, setting, withFairness) {
      shown = { points, references, setting, line: !withFairness };
      const front = points.filter(({ letter }) => letter !== null);
      canvas.setAttribute("aria-label", `Cost against peak-window import of ${points.length} combinations; ${front.length} are on the front, listed below.`);
      const range = fairnessRange(points);
      legend.textContent = `✕ is the rule-based policy.${range && range[0] < range[1] ? ` Larger is fairer: Jain’s index of savings from ${number(range[0], 2)} to ${number(range[1], 2)}.` : ""}`;
      draw();
    },
  };
}

/** @param {Point[]} points @returns {[number, number] | null} */
function fairnessRange(points) {
  const known = points.flatMap(({ fairness }) => (fairness === null ? [] : [fairness]));
  return known.length > 0 ? [Math.min(...known), Math.max(...known)] : null;
}

/**
 * @param {{ points: Point[], references: Place[], setting: Setting, line: boolean }} shown
 * @param {number} width
 */
function drawing({ points, references, setting, line }, width) {
  const all = [...points, ...references];
  const across = ticks(Math.min(...all.map(({ cost }) => cost)), Math.max(...all.map(({ cost }) => cost)), width / 90);
  const up = ticks(Math.min(...all.map(({ peak }) => peak)), Math.max(...all.map(({ peak }) => peak)), 6);
  const x = scale(across.values, MARGIN.left, width - MARGIN.right);
  const y = scale(up.values, HEIGHT - MARGIN.bottom, MARGIN.top);
  const range = fairnessRange(points);
  const radius = (/** @type {Point} */ { fairness }) => {
    if (fairness === null || !range) return RADIUS[0];
    const share = range[1] > range[0] ? (fairness - range[0]) / (range[1] - range[0]) : 0.5;
    return RADIUS[0] + share * (RADIUS[1] - RADIUS[0]);
  };
  const front = points.filter(({ letter }) => letter !== null).toSorted((a, b) => a.cost - b.cost);
  const beaten = points.filter(({ letter }) => letter === null);
  return [
    ...across.values.map((value) => tick(x(value), HEIGHT - MARGIN.bottom + 18, "middle", number(value, across.digits))),
    ...up.values.map((value) => tick(MARGIN.left - 8, y(value) + 4, "end", number(value, up.digits))),
    ...up.values.map((value) => svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) })),
    svg("text", { class: "axis", x: width - MARGIN.right, y: HEIGHT - 6, "text-anchor": "end" }, `Cost, ${unitOf(setting, "cost")} →`),
    svg("text", { class: "axis", x: 2, y: 12 }, `↑ Peak-window import, ${unitOf(setting, "peak_import")}`),
    ...(line ? [svg("polyline", { class: "front-line", points: front.map((point) => `${x(point.cost)},${y(point.peak)}`).join(" ") })] : []),
    ...references.map(({ cost, peak }) => cross(x(cost), y(peak))),
    ...[...beaten, ...front].map((point) => dot(point, points.indexOf(point), x(point.cost), y(point.peak), radius(point))),
    ...letters(front.map((point) => ({ text: point.letter ?? "", x: x(point.cost), y: y(point.peak) - radius(point) - 4 }))),
  ];
}

/**
 * Letters above their points. Those of one spot stand side by side; where there is no room between
 * neighbours, the list below tells them apart.
 * @param {{ text: string, x: number, y: number }[]} places
 */
function letters(places) {
  /** @type {typeof places} */
  const apart = [];
  for (const place of places) {
    const distance = (/** @type {typeof place} */ { x, y }) => Math.hypot(x - place.x, y - place.y);
    const same = apart.find((other) => distance(other) < SAME_SPOT);
    if (same) same.text += ` ${place.text}`;
    else if (apart.every((other) => distance(other) >= LETTER)) apart.push({ ...place });
  }
  return apart.map(({ text, x, y }) => svg("text", { class: "letter", x, y, "text-anchor": "middle" }, text));
}

/** @param {number[]} values @param {number} from @param {number} to @returns {(value: number) => number} */
function scale(values, from, to) {
  const [low, high] = [values[0], values[values.length - 1]];
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/** @param {Setting} setting @param {string} id */
function unitOf(setting, id) {
  return setting.kpis.find((kpi) => kpi.id === id)?.unit ?? "";
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} text */
function tick(x, y, anchor, text) {
  return svg("text", { class: "tick", x, y, "text-anchor": anchor }, text);
}

/** @param {number} x @param {number} y */
function cross(x, y) {
  const path = `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`;
  return svg("path", { class: "rule", d: path }, svg("title", {}, "Rule-based"));
}

/**
 * @param {Point} point
 * @param {number} index
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function dot({ letter, name, cost, peak, fairness }, index, x, y, r) {
  const words = `${name}: cost ${number(cost, 2)}, peak import ${number(peak, 2)}${fairness === null ? "" : `, Jain ${number(fairness, 3)}`}`;
  const kind = letter === null ? "point" : "point is-front";
  return svg("g", { class: kind, "data-index": index }, svg("title", {}, words), svg("circle", { cx: x, cy: y, r }));
}
