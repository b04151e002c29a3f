// The chosen measure over the fields of a sweep: a chart for one field, a heat map for two or three.

import { ChartView } from "../../ui/chart-view.js";
import { h, labelled } from "../../ui/dom.js";
import { labelOf, valueLabel } from "../../sweep/fields.js";
import { keyOf } from "../../sweep/plan.js";
import { measureOf } from "../../sweep/rows.js";
import { heatMap } from "./heat-map.js";
import { lineChart } from "./line-chart.js";

/**
 * @typedef {import("../../sweep/rows.js").Combination} Combination
 * @typedef {import("../../sweep/session.js").Sweep} Sweep
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** So many columns of a heat map stand beside another chart. */
const WIDE_FROM = 5;

/** The measure that is looked at first. */
const FIRST_KPI = "cost";

/**
 * @param {(combination: Combination) => void} open
 * @param {() => void} redraw
 */
export function measuresPart(open, redraw) {
  const kpi = h("select", { onchange: redraw });
  const relative = h("input", { type: "checkbox", onchange: redraw });
  const hold = h("select", { onchange: redraw });
  const held = labelled("Third field held at", hold);
  const chart = new ChartView("sweep", "Every seed is a point; the line runs through their means.", "tall");
  const heat = h("div", { class: "heat-area" });
  const title = h("h3", { id: "sweep-measures-title" }, "Measure by field");
  const element = h(
    "section",
    { class: "panel", "aria-labelledby": title.id },
    title,
    h("div", { class: "toolbar" }, labelled("Measure", kpi), held, h("label", { class: "check" }, relative, h("span", {}, "Change from rule-based, %"))),
    chart.element,
    heat,
  );
  let holding = "";

  /** Which field is held at which value, for three fields. @param {Sweep} sweep @param {Setting} setting */
  const listHeld = ({ id, plan }, setting) => {
    held.hidden = plan.fields.length < 3;
    if (held.hidden || holding === id) return;
    holding = id;
    const groups = plan.fields.toReversed().map(({ name, values }) =>
      h("optgroup", { label: labelOf(name, setting) }, ...values.map((value) => h("option", { value: JSON.stringify([name, value]) }, `${labelOf(name, setting)} = ${valueLabel(name, value, setting)}`))),
    );
    hold.replaceChildren(...groups);
  };

  return {
    element,
    get kpi() {
      return kpi.value || FIRST_KPI;
    },
    /** @param {Setting} setting */
    list({ kpis }) {
      if (kpi.options.length > 0) return;
      const groups = [...new Set(kpis.map(({ group }) => group))];
      kpi.replaceChildren(
        ...groups.map((group) => h("optgroup", { label: group }, ...kpis.filter((one) => one.group === group).map(({ id, label, unit }) => h("option", { value: id }, unit ? `${label}, ${unit}` : label)))),
      );
      kpi.value = FIRST_KPI;
    },
    /** @param {Sweep} sweep @param {Combination[]} all @param {Setting} setting */
    show(sweep, all, setting) {
      const chosen = setting.kpis.find(({ id }) => id === this.kpi);
      if (!chosen) return;
      const percent = relative.checked;
      /** @type {import("./heat-map.js").Look} */
      const look = {
        of: measureOf(chosen.id, percent),
        label: percent ? `${chosen.label}, change from rule-based` : chosen.label,
        unit: percent ? "%" : chosen.unit,
        digits: percent ? 1 : chosen.digits,
        better: chosen.better,
      };
      listHeld(sweep, setting);
      const { fields, seeds } = sweep.plan;
      element.classList.remove("is-wide");
      chart.element.hidden = fields.length > 1;
      heat.hidden = fields.length === 1;
      if (fields.length === 1) {
        const reference = percent ? null : (/** @type {import("../../sweep/plan.js").Row} */ row) => row.reference[chosen.id] ?? null;
        const drawn = lineChart(fields[0], all, look, reference, setting);
        if (drawn) chart.show([drawn.chart], drawn.summary);
        else chart.empty(sweep.rows.size > 0 ? "This measure is not defined for these runs." : "Appears with the first finished run.");
        return;
      }
      const [fixed, value] = fields.length === 3 ? JSON.parse(hold.value) : [null, null];
      const [down, across] = fields.filter(({ name }) => name !== fixed);
      // Many columns take the whole width.
      element.classList.toggle("is-wide", across.values.length > WIDE_FROM);
      const cells = fixed === null ? all : all.filter(({ values }) => keyOf(values[fixed]) === keyOf(value));
      const focused = [...heat.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
      heat.replaceChildren(...heatMap([down, across], cells, seeds.length, look, setting, open));
      if (focused >= 0) heat.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
    },
  };
}
