// Advanced: how the agent learns, what it sees and does, and what its reward stands for.

import { h, term } from "../../ui/dom.js";
import { capitalised } from "../../ui/format.js";
import { presetOf } from "../../app/scenario.js";
import { field } from "../../app/spec.js";
import { choiceIn, group, listIn, numberIn, showField } from "../../ui/fields.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").LearnerPreset} LearnerPreset
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("../../types.d.ts").Spec} Spec
 * @typedef {import("../../ui/fields.js").SpecField} SpecField
 */

/** The value for the settings of the preset that is in use. */
const AS_PRESET = "";
/** The value for settings of one's own. */
const OWN = "own";

/** @typedef {{ name: string, label: string, meaning: string, range: string, limits: Record<string, unknown> }} Entry */

/**
 * Settings of PPO by the names and with the meanings of Stable-Baselines3.
 * @type {Entry[]}
 */
const UPDATE = [
  {
    name: "ppo.learning_rate",
    label: "learning_rate",
    meaning: "Size of Adam’s steps.",
    range: "above 0, up to 1",
    limits: { min: 0, max: 1, required: true },
  },
  {
    name: "ppo.batch_size",
    label: "batch_size",
    meaning: "Home-steps in a minibatch.",
    range: "2 or more",
    limits: { min: 2, step: 1, required: true },
  },
  {
    name: "ppo.n_epochs",
    label: "n_epochs",
    meaning: "Passes over what an iteration has gathered.",
    range: "1 or more",
    limits: { min: 1, step: 1, required: true },
  },
  {
    name: "ppo.n_steps",
    label: "n_steps",
    meaning: "Steps of every home in an iteration.",
    range: "1 or more",
    limits: { min: 1, step: 1, required: true },
  },
  {
    name: "training.microgrids",
    label: "streets side by side",
    meaning: "Copies of the street, each on a day of its own; n_envs is this times the battery homes.",
    range: "1 to 4096",
    limits: { min: 1, max: 4096, step: 1, required: true },
  },
  {
    name: "ppo.gamma",
    label: "gamma",
    meaning: "What a reward one step later is worth.",
    range: "0 to 1",
    limits: { min: 0, max: 1, required: true },
  },
  {
    name: "ppo.gae_lambda",
    label: "gae_lambda",
    meaning: "How far advantages trust rewards seen (1) over the critic (0).",
    range: "0 to 1",
    limits: { min: 0, max: 1, required: true },
  },
  {
    name: "ppo.clip_range",
    label: "clip_range",
    meaning: "How far an update may move an action’s probability.",
    range: "above 0, up to 1",
    limits: { min: 0, max: 1, required: true },
  },
  {
    name: "ppo.ent_coef",
    label: "ent_coef",
    meaning: "Bonus for trying things out, per nat.",
    range: "0 or more",
    limits: { min: 0, required: true },
  },
  {
    name: "ppo.vf_coef",
    label: "vf_coef",
    meaning: "Weight of the critic’s loss.",
    range: "0 or more",
    limits: { min: 0, required: true },
  },
  {
    name: "ppo.max_grad_norm",
    label: "max_grad_norm",
    meaning: "Longer gradients are shortened to this.",
    range: "above 0",
    limits: { min: 0, required: true },
  },
  {
    name: "ppo.target_kl",
    label: "target_kl",
    meaning: "After a pass over the batch whose mean KL exceeds 1.5 times this, in nats, the iteration’s remaining passes are skipped; empty: never.",
    range: "above 0",
    limits: { min: 0, placeholder: "never" },
  },
];

/** @type {(Entry & { whole: boolean })[]} */
const LISTS = [
  {
    name: "ppo.log_std_init",
    label: "log_std_init",
    meaning: "Logarithm of the first exploration noise, one for all actions or one for each.",
    range: "−10 to 2",
    limits: { min: -10, max: 2, least: 1 },
    whole: false,
  },
  {
    name: "ppo.net_arch",
    label: "net_arch",
    meaning: "Widths of the hidden layers, with commas; empty: linear.",
    range: "1 to 1024 each",
    limits: { min: 1, max: 1024, least: 0 },
    whole: true,
  },
];

/** @param {App} app */
export function advancedSettings(app) {
  const learner = choiceIn(app, "learner", "Learner", [], (id) => chooseLearner(app, id));
  const entries = [
    ...UPDATE.map((entry) => ({ entry, control: numberIn(app, entry.name, entry.label, entry.meaning, entry.limits) })),
    ...LISTS.map((entry) => ({ entry, control: listIn(app, entry.name, entry.label, entry.meaning, entry.limits, entry.whole) })),
  ];
  const choices = [...learnerChoices(app), ...agentChoices(app), ...rewardChoices(app)];
  const share = numberIn(app, "reward.own_share", "Share of the own outcome", "The rest is the community’s; 0 to 1.", { min: 0, max: 1, required: true });
  const of = (/** @type {string} */ kind) => choices.filter((choice) => choice.kind === kind).map(({ input }) => input.element);

  const element = h(
    "details",
    { class: "advanced" },
    h("summary", {}, "Advanced"),
    h("p", { class: "hint" }, "The agent learns by ", term("ppo"), ", with advantages by ", term("gae"), "; the settings have the names of Stable-Baselines3."),
    learner.element,
    h("div", { class: "row" }, ...entries.map(({ control }) => control.element)),
    h("div", { class: "row" }, ...of("learner")),
    group("What the agent sees and does", ...of("agent")),
    group("What its reward stands for", ...of("reward"), share.element, ...of("end")),
  );
  return {
    element,
    /** @param {Setting} setting */
    render(setting) {
      const { spec, learners } = setting;
      const preset = presetOf(app.state.presets, app.state.preset).spec;
      showLearners(learner, learners, spec, preset);
      for (const { entry, control } of entries) showEntry(entry, control, spec, preset);
      for (const { name, input } of choices) showChoice(name, input, spec);
      showField(share.element, share.input, field(spec, share.name));
      share.element.hidden = field(spec, "reward.credit") !== "mix";
    },
  };
}

/** @typedef {{ kind: "learner" | "agent" | "reward" | "end", name: string, input: ReturnType<typeof choiceIn> }} Choice */

/** @param {App} app @returns {Choice[]} */
function learnerChoices(app) {
  const choice = chooser(app, "learner");
  return [
    choice("ppo.learning_rate_schedule", "schedule", [
      { value: "linear", label: "falls to 0", text: "The learning rate, in a straight line to the training’s end." },
      { value: "constant", label: "stays", text: "The learning rate is the same all the way." },
    ]),
    choice("ppo.activation_fn", "activation_fn", [
      { value: "relu", label: "ReLU", text: "As good as tanh here, and about three times as fast." },
      { value: "tanh", label: "tanh", text: "What Stable-Baselines3 takes." },
    ]),
  ];
}

/** @param {App} app @returns {Choice[]} */
function agentChoices(app) {
  const choice = chooser(app, "agent");
  return [
    choice("observation.profile", "It sees", [
      {
        value: "extended",
        label: "all that a home could know",
        text: "Its meters, what it is, the calendar, the tariff ahead, its day before, and its street.",
      },
      {
        value: "mission",
        label: "its own meters and prices",
        text: "Demand, PV, state of charge, the grid’s two prices, import and export since midnight.",
      },
    ]),
    choice("observation.street", "It hears of its street", [
      { value: "this_step", label: "at once", text: "As from a community meter that broadcasts the present step." },
      { value: "last_step", label: "a step later", text: "As from meters that are read after each step." },
    ]),
    choice("battery_mode", "It moves its battery", [
      { value: "gate", label: "by a gate", text: "It lets the battery follow the street, holds it back, or charges it." },
      { value: "power", label: "by its power", text: "It says the power itself, charging or discharging." },
    ]),
  ];
}

/** @param {App} app @returns {Choice[]} */
function rewardChoices(app) {
  return [
    chooser(app, "reward")("reward.credit", "A home is paid for", [
      {
        value: "difference",
        label: "the difference it makes",
        text: "What the community has with its battery’s flow, less what it would have without.",
      },
      { value: "community", label: "the community’s outcome", text: "The mean of all homes, whoever brought it about." },
      { value: "own", label: "its own outcome", text: "Its own bill and its own import: everyone for themselves." },
      { value: "mix", label: "a mix of own and community", text: "In the shares that you set." },
    ]),
    chooser(app, "end")("episode.end", "At midnight an episode", [
      { value: "settled", label: "is settled", text: "What is left in the battery is paid for, and that is the end." },
      { value: "continues", label: "goes on unseen", text: "Only the time is up: the critic’s estimate stands for the rest." },
    ]),
  ];
}

/** @param {App} app @param {Choice["kind"]} kind */
function chooser(app, kind) {
  return (/** @type {string} */ name, /** @type {string} */ label, /** @type {import("../../ui/fields.js").Option[]} */ options) => ({
    kind,
    name,
    input: choiceIn(app, name, label, options),
  });
}

/** The fields that a learner's preset sets. @param {LearnerPreset} preset */
function fieldsOf({ ppo, microgrids }) {
  const fields = Object.entries(ppo).map(([name, value]) => /** @type {const} */ ([`ppo.${name}`, value]));
  // How long to train is no matter of how.
  return [...fields.filter(([name]) => name !== "ppo.total_timesteps"), /** @type {const} */ (["training.microgrids", microgrids])];
}

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {App} app @param {string} id */
function chooseLearner(app, id) {
  const learners = app.state.setting?.learners ?? [];
  const chosen = learners.find((preset) => preset.id === id);
  if (!chosen && id !== AS_PRESET) return;
  // What the preset says is not changed by saying it again.
  const names = fieldsOf(chosen ?? learners[0]).map(([name, value]) => [name, chosen ? value : undefined]);
  void app.edit(Object.fromEntries(names));
}

/**
 * Lists the learners that go by a name, and marks the one in use.
 * @param {ReturnType<typeof choiceIn>} choice
 * @param {LearnerPreset[]} learners
 * @param {Spec} spec
 * @param {Spec} preset
 */
function showLearners(choice, learners, spec, preset) {
  const names = fieldsOf(learners[0]).map(([name]) => name);
  const named = (/** @type {Spec} */ document) =>
    learners.find((learner) => fieldsOf(learner).every(([name, value]) => same(field(document, name), value)))?.id;
  const untouched = names.every((name) => same(field(spec, name), field(preset, name)));
  const options = learners.map(({ id, label, description }) => ({ value: id, label, text: description }));
  if (!named(preset)) {
    options.unshift({ value: AS_PRESET, label: "As this street suggests", text: "Chosen for the number of its homes." });
  }
  const chosen = named(spec) ?? (untouched ? AS_PRESET : OWN);
  if (chosen === OWN) options.push({ value: OWN, label: "Settings of your own", text: "As changed below." });
  choice.list(options);
  choice.show(chosen);
}

/**
 * @param {Entry} entry
 * @param {SpecField} control
 * @param {Spec} spec
 * @param {Spec} preset
 */
function showEntry({ name, meaning, range }, { input, element }, spec, preset) {
  const value = field(spec, name);
  const usual = field(preset, name);
  showField(element, input, Array.isArray(value) ? value.join(", ") : value);
  const hint = element.querySelector(".hint");
  if (hint) hint.textContent = `${meaning} ${capitalised(range)}; default ${inWords(usual)}.`;
}

/** @param {unknown} value */
function inWords(value) {
  if (value === null) return "none";
  const text = Array.isArray(value) ? value.join(", ") || "empty" : String(value);
  return text.replaceAll("-", "−");
}

/** @param {string} name @param {ReturnType<typeof choiceIn>} choice @param {Spec} spec */
function showChoice(name, choice, spec) {
  const value = field(spec, name);
  choice.element.hidden = value === undefined;
  choice.show(String(value));
}
