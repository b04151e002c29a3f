// The homes of the data, and which of them take part.

import { h, setDisabled } from "../../ui/dom.js";
import { counted, number, orDash } from "../../ui/format.js";
import { presetOf } from "../../app/scenario.js";
import { onlyHomes } from "./profile.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Home} Home
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

const HEADS = ["PV kWp", "Battery kWh / kW", "Load kWh/day", "PV kWh/day"];

/** @param {App} app */
export function createHomes(app) {
  /** @type {Setting | null} */
  let setting = null;
  /** @type {HTMLInputElement[]} */
  let boxes = [];
  const body = h("tbody", {});
  const use = h("button", { type: "button", class: "primary", onclick: () => apply() }, "Use these homes");
  const undo = h("button", { type: "button", onclick: () => show() }, "Undo");
  const all = h("button", { type: "button", class: "quiet small", onclick: () => tickAll() }, "Tick all");
  const status = h("p", { role: "status" });
  const bar = h("div", { class: "homes-bar" }, status, use, undo);
  const controls = h(
    "fieldset",
    {},
    h("legend", { class: "visually-hidden" }, "Homes that take part"),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "List of homes" },
      h(
        "table",
        { class: "homes" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Home"), ...HEADS.map((text) => h("th", { scope: "col" }, text)))),
        body,
      ),
    ),
    bar,
  );
  body.addEventListener("change", () => tell());

  const present = () => new Set(setting?.data.homes.map(({ id }) => id));
  const ticked = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);

  function tell() {
    const [chosen, now] = [ticked(), present()];
    const changed = chosen.length !== now.size || chosen.some((id) => !now.has(id));
    status.textContent = chosen.length === 0 ? "Tick at least one home." : `${number(chosen.length)} of ${counted(boxes.length, "home")} take part${changed ? " once you say so" : ""}.`;
    use.hidden = undo.hidden = !changed;
    use.disabled = chosen.length === 0;
    all.hidden = chosen.length === boxes.length;
  }

  function show() {
    if (!setting) return;
    const homes = new Map(setting.data.homes.map((home) => [home.id, home]));
    const rows = setting.data.all_homes.map((id) => row(id, homes.get(id)));
    boxes = rows.map(({ box }) => box);
    body.replaceChildren(...rows.map(({ element }) => element));
    tell();
  }

  function tickAll() {
    for (const box of boxes) box.checked = true;
    tell();
  }

  function apply() {
    if (!setting) return;
    const { presets, preset } = app.state;
    const { spec, data } = setting;
    void app.edit(onlyHomes(presetOf(presets, preset).spec, spec, data.all_homes, ticked()));
  }

  bar.append(all);
  return {
    element: controls,
    /** @param {Setting} next */
    render(next) {
      setting = next;
      show();
    },
    /** @param {boolean} enabled */
    enable: (enabled) => setDisabled(controls, !enabled),
  };
}

/** @param {string} id @param {Home | undefined} home Undefined for one that takes no part. */
function row(id, home) {
  const box = h("input", { type: "checkbox", value: id, checked: home !== undefined });
  const cells = home
    ? [
        home.pv_kwp === 0 ? "–" : orDash(home.pv_kwp, 1),
        home.battery_kwh > 0 ? `${number(home.battery_kwh, 1)} / ${number(home.battery_kw, 1)}` : "–",
        number(home.mean_load_kwh_day, 1),
        number(home.mean_pv_kwh_day, 1),
      ]
    : ["", "", "", ""];
  const head = h("th", { scope: "row" }, h("label", {}, box, id));
  const element = h("tr", { class: home ? "" : "is-out" }, head, ...cells.map((text) => h("td", {}, text)));
  return { box, element };
}
