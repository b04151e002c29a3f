// What goes wrong on the street: clouds, an outage, greedy neighbours, a bad section of cable.

import { h, labelled } from "../../ui/dom.js";
import { capitalised } from "../../ui/format.js";
import { field } from "../../app/spec.js";
import { dateIn, numberIn, showFields } from "../../ui/fields.js";
import { fold } from "./fold.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("../../ui/fields.js").SpecField} SpecField
 */

/**
 * One thing that can go wrong: a box to tick, and what it consists of while it is ticked.
 * @typedef {object} Trouble
 * @property {string} title
 * @property {HTMLElement} element
 * @property {() => boolean} on Whether it does.
 * @property {(setting: Setting) => void} render
 */

/** @param {App} app */
export function stressGroup(app) {
  const troubles = [clouds(app), outage(app), greedy(app), fault(app)];
  const panel = fold("What goes wrong", h("div", { class: "choices" }, ...troubles.map(({ element }) => element)));
  return {
    element: panel.element,
    /** @param {Setting} setting */
    render(setting) {
      for (const trouble of troubles) trouble.render(setting);
      const wrong = troubles.filter(({ on }) => on()).map(({ title }) => title.toLowerCase());
      panel.tell(wrong.length > 0 ? capitalised(wrong.join(", ")) : "Nothing");
    },
  };
}

/**
 * @param {string} title
 * @param {string} text
 * @param {(on: boolean) => void} change
 * @param {...HTMLElement} details
 */
export function toggle(title, text, change, ...details) {
  const input = h("input", { type: "checkbox", onchange: () => change(input.checked) });
  const body = h("div", { class: "row" }, ...details);
  const label = h("label", { class: "choice" }, input, h("span", { class: "choice-title" }, title), h("span", { class: "choice-text" }, text));
  return {
    title,
    element: h("div", {}, label, body),
    on: () => input.checked,
    /** @param {boolean} on */
    show(on) {
      input.checked = on;
      body.hidden = !on;
    },
  };
}

/**
 * When it strikes: from a day on, for some days; without a first day, on all of them.
 * @param {App} app
 * @param {string} name Dotted, of the whole.
 * @param {Record<string, unknown>} [attributes] Of the date.
 */
export function period(app, name, attributes) {
  const hint = attributes?.required ? "" : "Empty: every day.";
  const from = dateIn(app, `${name}.from`, "First day", hint, attributes);
  const days = numberIn(app, `${name}.days`, "Days", "", { min: 1, step: 1, required: true });
  return {
    elements: [from.element, days.element],
    /** @param {Setting} setting */
    render({ spec, data }) {
      from.input.min = data.first_date;
      from.input.max = data.last_date;
      showFields([from, days], spec);
      days.element.hidden = (field(spec, `${name}.from`) ?? null) === null;
    },
  };
}

/** @param {App} app @returns {Trouble} */
function clouds(app) {
  const when = period(app, "stress.cloudy");
  const factor = numberIn(app, "stress.cloudy.pv_factor", "Sun that is left", "1 is all of it.", { min: 0, max: 1, required: true });
  const box = toggle(
    "Clouds",
    "On some days the panels make a fraction of what they would.",
    (on) => void app.edit(on ? { "stress.cloudy.pv_factor": 0.2 } : { "stress.cloudy": null }),
    ...when.elements,
    factor.element,
  );
  return {
    ...box,
    render(setting) {
      box.show(setting.spec.stress.cloudy !== null);
      when.render(setting);
      showFields([factor], setting.spec);
    },
  };
}

/** @param {App} app @returns {Trouble} */
function outage(app) {
  const when = period(app, "stress.outage");
  const hours = { min: 0, max: 24, required: true };
  const fields = [
    numberIn(app, "stress.outage.from_hour", "From, h", "", hours),
    numberIn(app, "stress.outage.to_hour", "To, h", "", hours),
    numberIn(app, "stress.outage.value_of_lost_load", "Worth of a kWh, $", "What a kWh not served costs those who miss it.", { min: 0, required: true }),
  ];
  const box = toggle(
    "Grid outage",
    "No import and no export for some hours; what neighbours cannot serve is counted.",
    (on) => void app.edit(on ? { "stress.outage.from_hour": 17, "stress.outage.to_hour": 20 } : { "stress.outage": null }),
    ...when.elements,
    ...fields.map(({ element }) => element),
  );
  return {
    ...box,
    render(setting) {
      box.show(setting.spec.stress.outage !== null);
      when.render(setting);
      showFields(fields, setting.spec);
    },
  };
}

const GREEDY = "homes.greedy_homes";

/** The homes without a battery, by name. @param {Setting | null} setting */
function bare(setting) {
  return (setting?.data.homes ?? []).filter(({ battery_kwh }) => battery_kwh === 0).map(({ id }) => id);
}

/** @param {App} app @returns {Trouble} */
function greedy(app) {
  const names = h("input", {
    type: "text",
    id: "field-greedy-names",
    autocomplete: "off",
    onchange: () => {
      const ids = names.value.split(",").map((id) => id.trim()).filter(Boolean);
      void app.edit({ [GREEDY]: ids });
    },
  });
  const named = labelled("Their names", names, "With commas between them.");
  const which = h(
    "select",
    {
      id: "field-greedy-homes",
      onchange: () => {
        if (which.value === "named") named.hidden = false;
        else void app.edit({ [GREEDY]: which.value === "bare" ? bare(app.state.setting) : which.value });
      },
    },
    h("option", { value: "bare" }, "without a battery"),
    h("option", { value: "every_other" }, "every other home"),
    h("option", { value: "all" }, "every home"),
    h("option", { value: "named" }, "by name"),
  );
  const box = toggle(
    "Greedy neighbours",
    "Whatever their policy says, they ask the retail price and bid the feed-in tariff.",
    (on) => {
      const ids = bare(app.state.setting);
      void app.edit({ [GREEDY]: !on ? "none" : ids.length > 0 ? ids : "every_other" });
    },
    labelled("Who", which),
    named,
  );
  return {
    ...box,
    render(setting) {
      const value = field(setting.spec, GREEDY);
      const ids = Array.isArray(value) ? value.join(", ") : bare(setting).join(", ");
      box.show(value !== "none");
      const list = bare(setting).join(", ") === ids ? "bare" : "named";
      which.value = Array.isArray(value) ? list : value;
      which.options[0].disabled = bare(setting).length === 0;
      named.hidden = which.value !== "named";
      names.value = ids;
    },
  };
}

/** @param {App} app @returns {Trouble} */
function fault(app) {
  const bus = h("select", { id: "field-feeder-fault-bus", onchange: () => void app.edit({ "feeder.fault.bus": bus.value }) });
  const factor = numberIn(app, "feeder.fault.impedance_factor", "Times its impedance", "", { min: 1, required: true });
  const box = toggle(
    "Faulty section",
    "A bad joint before one home: its piece of cable has many times its impedance.",
    (on) => {
      const homes = app.state.setting?.data.homes ?? [];
      const middle = homes[Math.floor((homes.length - 1) / 2)]?.id ?? "";
      void app.edit(on ? { "feeder.fault.bus": middle, "feeder.fault.impedance_factor": 30 } : { "feeder.fault": null });
    },
    labelled("Before home", bus),
    factor.element,
  );
  return {
    ...box,
    render({ spec, data }) {
      const bad = field(spec, "feeder.fault") ?? null;
      box.show(bad !== null);
      // Without a cable no piece of it can be bad.
      box.element.hidden = !spec.feeder;
      const ids = data.homes.map(({ id }) => id);
      // A feeder of one's own has junctions too.
      if (bad && !ids.includes(bad.bus)) ids.push(bad.bus);
      bus.replaceChildren(...ids.map((id) => h("option", { value: id }, id)));
      bus.value = bad?.bus ?? "";
      showFields([factor], spec);
    },
  };
}
