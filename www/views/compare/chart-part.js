// The charts of the results, and which policies stand in them.

import { ChartView } from "../../ui/chart-view.js";
import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { AGENT } from "../../app/state.js";
import { bars } from "./bars.js";
import { dayChart, rewardChart, typicalDayCharts } from "./charts.js";
import { acting, named } from "./rows.js";
import { scatter } from "./scatter.js";
import { daysPerEpisode } from "./setting-note.js";

/**
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("./rows.js").Row} Row
 */

/** Left out of the curves unless they are asked for: more would hide each other. */
const ASIDE = ["time_of_use", "mpc", "selfish_optimum"];

export function chartPart() {
  const importChart = new ChartView("grid_import_by_hour", "What the street buys from the grid in each hour of the day, on average over the held-out days.");
  const reward = new ChartView("cumulative_reward", "The reward of all homes, summed up from day to day, under the weights of this setting: the higher, the better.");
  const day = new ChartView("typical_day", "The mean day of all batteries together: charging ahead of the peak window shows as power above zero before it, and as energy stored when it begins.", "stack");
  day.element.style.setProperty("--panels", "3");
  const places = scatter();
  const totals = h("div", { class: "panel" });
  const choices = h("div", { class: "chips" });
  /** Chosen by hand, by row. @type {Map<string, boolean>} */
  const chosen = new Map();
  /** @type {{ rows: Row[], setting: Setting } | null} */
  let shown = null;

  const isShown = (/** @type {Row} */ { key }) => chosen.get(key) ?? !ASIDE.includes(key);

  const draw = () => {
    if (!shown) return;
    const rows = acting(shown.rows).filter(isShown);
    if (rows.length === 0) {
      for (const chart of [importChart, reward, day]) chart.empty("Choose a policy above.");
      return;
    }
    const unit = daysPerEpisode(shown.setting) === 7 ? "weeks" : "days";
    importChart.show([dayChart(rows, "import_kw", "Grid import", "kW on average")], summary("Grid import on average", rows, meanImport, "kW"));
    reward.show([rewardChart(rows, unit)], summary("Cumulative reward at the end", rows, ({ result }) => sum(result.by_episode.reward), ""));
    day.show(typicalDayCharts(rows), summary("Mean energy stored", rows, ({ result }) => mean(result.mean_day.soc_kwh), "kWh"));
  };

  return {
    element: h(
      "div",
      { class: "result-charts" },
      h("fieldset", { class: "chips-field" }, h("legend", {}, "In the curves"), choices),
      h(
        "div",
        { class: "charts" },
        importChart.element,
        reward.element,
        h("figure", { class: "chart" }, h("h3", {}, "Cost against peak-window import"), places.element, h("figcaption", {}, h("span", {}, "Every policy, kept agent and seed that was run here; the lower left is best. Small points are seeds."))),
        totals,
      ),
      day.element,
    ),
    /** @param {Row[]} rows @param {Setting} setting */
    show(rows, setting) {
      shown = { rows, setting };
      choices.replaceChildren(...acting(rows).map((row) => chip(row, isShown(row))));
      places.show(rows, setting);
      const kpi = setting.kpis.find(({ id }) => id === "grid_import");
      totals.replaceChildren(...(kpi ? [bars(rows, { ...kpi, label: "Total grid import" }), h("p", { class: "hint" }, "Means a day, with 95 % intervals.")] : []));
      draw();
    },
  };

  /** @param {Row} row @param {boolean} on */
  function chip(row, on) {
    const input = h("input", { type: "checkbox", checked: on, onchange: () => (chosen.set(row.key, input.checked), draw()) });
    return h("label", { class: "chip" }, input, h("span", { class: `swatch role-${row.role}`, "aria-hidden": "true" }), row.key === AGENT ? row.label : named(row));
  }
}

/** @param {Row} row */
function meanImport({ result }) {
  return mean(result.mean_day.import_kw);
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {number[]} values */
function mean(values) {
  return sum(values) / Math.max(1, values.length);
}

/** @param {string} what @param {Row[]} rows @param {(row: Row) => number} value @param {string} unit */
function summary(what, rows, value, unit) {
  return `${what}: ${rows.map((row) => `${named(row)} ${number(value(row), 2)} ${unit}`.trim()).join(", ")}.`;
}
