// Scenario: prices, market, limits of the grid, and what goes wrong.

import { h, setDisabled, term } from "../../ui/dom.js";
import { number, sentence } from "../../ui/format.js";
import { presetOf } from "../../app/scenario.js";
import { field } from "../../app/spec.js";
import { tariffInWords } from "./tariff-words.js";
import { choiceIn, numberIn, showFields } from "../../ui/fields.js";
import { equipmentGroup } from "./equipment.js";
import { fold } from "./fold.js";
import { stressGroup } from "./stress.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/**
 * A part of the scenario.
 * @typedef {object} Group
 * @property {HTMLElement} element
 * @property {(setting: Setting) => void} render
 */

/** @param {App} app */
export function scenarioPanel(app) {
  const groups = [equipmentGroup(app), pricesGroup(app), marketGroup(app), gridGroup(app), stressGroup(app)];
  const controls = h(
    "fieldset",
    { class: "scenario" },
    h("legend", {}, "Scenario"),
    h("p", { class: "hint" }, "At what prices, on what market and within what limits the street lives. The street that is chosen has set it all; change what you like."),
    ...groups.map(({ element }) => element),
  );
  return {
    element: h("section", { class: "panel", id: "scenario", "aria-label": "Scenario" }, controls),
    /** @param {State} state @param {Set<keyof State>} changed */
    render({ setting, phase, engine }, changed) {
      setDisabled(controls, phase === "running" || phase === "pausing" || engine !== "ready");
      if (!setting || !changed.has("setting")) return;
      for (const group of groups) group.render(setting);
    },
  };
}

/**
 * What a beginner need not see.
 * @param {string} title
 * @param {...Node} children
 */
function more(title, ...children) {
  return h("details", {}, h("summary", {}, title), ...children);
}

/** @param {App} app @returns {Group} */
function pricesGroup(app) {
  const tariff = choiceIn(app, "tariff", "Tariff", [], (id) => {
    const { presets, preset, setting } = app.state;
    const name = setting?.tariffs.find((known) => known.id === id)?.name;
    const own = presetOf(presets, preset).spec.tariff.name;
    void app.edit({ tariff: name === own ? undefined : id });
  });
  const source = h("p", { class: "hint" });
  const words = h("p", { class: "hint" }, "Homes pay the ", term("retail"), " for what the grid brings, and get the ", term("feed_in"), " for what they give it.");
  const panel = fold("Prices", words, tariff.element, source);
  return {
    element: panel.element,
    render({ tariffs, tariff: id, spec }) {
      const text = tariffInWords(spec.tariff);
      const own = id === null ? [{ value: "", label: spec.tariff.name, text }] : [];
      tariff.list([...own, ...tariffs.map((known) => ({ value: known.id, label: known.name, text }))]);
      tariff.show(id ?? "");
      source.textContent = spec.tariff.source ? sentence(`Source: ${spec.tariff.source}`) : "";
      panel.tell(spec.tariff.name);
    },
  };
}

/** @param {App} app @returns {Group} */
function marketGroup(app) {
  const mechanism = choiceIn(app, "market.mechanism", "Mechanism");
  const k = numberIn(app, "market.k", "Price factor k", "Where between bid and ask a price lies: 0 favours buyers, 1 sellers.", {
    min: 0,
    max: 1,
    required: true,
  });
  const filters = [
    numberIn(app, "market.network_fee", "Network fee, $/kWh", "What buyers pay for the use of the local network.", { min: 0, required: true }),
    numberIn(app, "market.price_floor", "Lowest price, $/kWh", "Orders below it do not enter; empty: any.", { placeholder: "none" }),
    numberIn(app, "market.price_cap", "Highest price, $/kWh", "Orders above it do not enter; empty: any.", { placeholder: "none" }),
  ];
  const panel = fold(
    "Local market",
    mechanism.element,
    more("Fee and price rules", h("div", { class: "row" }, k.element, ...filters.map(({ element }) => element))),
  );
  return {
    element: panel.element,
    render({ mechanisms, spec }) {
      mechanism.list(mechanisms.map(({ id, label, description }) => ({ value: id, label, text: description })));
      mechanism.show(spec.market.mechanism);
      showFields([k, ...filters], spec);
      const chosen = mechanisms.find(({ id }) => id === spec.market.mechanism);
      k.element.hidden = !chosen?.uses_k;
      const { network_fee: fee } = spec.market;
      panel.tell(`${chosen?.label ?? ""}${fee > 0 ? `, fee ${number(fee, 3)} $/kWh` : ""}`);
    },
  };
}

/** What a limit can mean. @param {string} subject */
function meanings(subject) {
  return [
    { value: "reported", label: "it is reported", text: `${subject} is measured, nothing more.` },
    { value: "penalised", label: "it is penalised", text: `${subject} costs the agents reward; no money changes hands.` },
    { value: "enforced", label: "it is prevented", text: `${subject} is prevented by the guard as far as batteries and held-back PV can.` },
  ];
}

/** @param {App} app @returns {Group} */
function gridGroup(app) {
  const limit = numberIn(app, "limits.transformer_kw", "Transformer’s limit, kW", "Largest power of the whole street, either way.", { min: 0 });
  const overload = choiceIn(app, "limits.transformer", "Beyond it", meanings("What passes beyond the limit"));
  const penalty = numberIn(app, "limits.overload_penalty", "Penalty, per kWh", "In $ of reward.", { min: 0, required: true });
  const cable = cableDetails(app);
  const words = h("p", { class: "hint" }, "All homes hang on the ", term("feeder"), " behind one ", term("transformer"), "; where a limit is kept, PV is ", term("curtailed"), ".");
  const panel = fold("Grid", words, limit.element, overload.element, penalty.element, cable.element);
  return {
    element: panel.element,
    render(setting) {
      const { spec } = setting;
      const rating = field(spec, "feeder.transformer.rated_kva");
      limit.input.placeholder = rating === undefined ? "none" : String(rating);
      showFields([limit, penalty], spec);
      overload.show(spec.limits.transformer);
      const limited = spec.limits.transformer_kw !== null || rating !== undefined;
      overload.element.hidden = !limited;
      penalty.element.hidden = !limited || spec.limits.transformer !== "penalised";
      cable.render(setting);
      panel.tell(gridInWords(spec, rating));
    },
  };
}

/** @type {Record<string, string>} */
const MEANT = { reported: "reported", penalised: "penalised", enforced: "prevented" };

/** @param {import("../../types.d.ts").Spec} spec @param {number | undefined} rating Of the transformer, kVA. */
function gridInWords({ feeder, limits }, rating) {
  const most = limits.transformer_kw ?? rating;
  const transformer = most === undefined || most === null ? "No transformer limit" : `Transformer ${number(most)} kW, overload ${MEANT[limits.transformer]}`;
  return `${transformer}; ${feeder ? `voltage ${MEANT[limits.voltage]}` : "no cable"}`;
}

/** Voltages and losses, which only a cable has. @param {App} app @returns {Group} */
function cableDetails(app) {
  const method = choiceIn(
    app,
    "feeder.method",
    "Power flow",
    [
      { value: "exact", label: "exact", text: "Voltages and losses as they are, by backward–forward sweeps." },
      { value: "linear", label: "linear", text: "LinDistFlow: faster; voltages come out a little too high, losses a little too low." },
      { value: "none", label: "none", text: "The cable is left out: no losses, no voltages." },
    ],
    (value) => {
      // A cable that was left out comes back as the preset has it.
      const back = app.state.setting?.spec.feeder ? {} : { feeder: undefined };
      void app.edit(value === "none" ? { feeder: null } : { ...back, "feeder.method": value });
    },
  );
  const band = choiceIn(app, "limits.voltage", "Outside of the voltage band", meanings("A voltage outside of the band"));
  const voltages = [
    numberIn(app, "limits.voltage_min", "Lowest voltage, p.u.", "0.94 is 6 % below 230 V.", { min: 0, max: 1, required: true }),
    numberIn(app, "limits.voltage_max", "Highest voltage, p.u.", "1.10 is 10 % above 230 V.", { min: 1, required: true }),
  ];
  const penalty = numberIn(app, "limits.voltage_penalty", "Penalty", "$ of reward per hour and per cent of voltage.", { min: 0, required: true });
  const losses = choiceIn(app, "loss_sharing", "Losses are paid for", [
    { value: "pro_rata", label: "by power", text: "In proportion to what each home draws or feeds in." },
    { value: "marginal", label: "by marginal loss", text: "By what the next kW of a home would add; one that relieves the cable is paid." },
  ]);
  const rating = numberIn(
    app,
    "feeder.transformer.rated_kva",
    "Transformer, kVA",
    "Its impedance counts in the voltages; empty: an ideal one.",
    { min: 0, placeholder: "ideal" },
    "feeder.transformer",
  );
  const onCable = [band.element, h("div", { class: "row" }, ...voltages.map(({ element }) => element)), penalty.element, losses.element, rating.element];
  return {
    element: more("Cable, voltage and losses", h("p", { class: "hint" }, "Voltages are ", term("per_unit"), "."), method.element, ...onCable),
    render({ spec }) {
      method.show(spec.feeder ? spec.feeder.method : "none");
      band.show(spec.limits.voltage);
      losses.show(spec.loss_sharing);
      showFields([...voltages, penalty, rating], spec);
      for (const element of onCable) element.hidden = !spec.feeder;
      penalty.element.hidden = !spec.feeder || spec.limits.voltage !== "penalised";
    },
  };
}
