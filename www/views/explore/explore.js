// Explore: what a visitor sees first. The street on a held-out day, played; beside it what the day
// comes to; on demand a home and why it does what it does; below, the day in figures.

import { AGENT, actingPolicies, chosenPolicy, dayIndex } from "../../app/state.js";
import { h, labelled } from "../../ui/dom.js";
import { NBSP } from "../../ui/format.js";
import { dayCards } from "./cards.js";
import { dayPart } from "./day.js";
import { homeCard } from "./home-card.js";
import { legend } from "./legend.js";
import { Player } from "./player.js";
import { scalesOf } from "./picture.js";
import { ALONE, besidePolicy, emptyScene, policiesInView, sceneLoader } from "./scenes.js";
import { Stage } from "./stage.js";
import { whyPart } from "./why.js";
import { localPrice, stepWords, tariffWords, when } from "./words.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 */

/** While training, the agent's day is played anew at most this often, ms. */
const REFRESH = 2000;
/** After the last of many moves the address follows, ms. */
const SETTLED = 250;
/** The card of a home stands below the street. */
const narrow = matchMedia("(max-width: 70rem)");
/** Who only looks sees the day begin when the sun is on the roofs. */
const MORNING = 8;
/** What needs all keys for itself when it has the focus, or is no part of the view, and controls that need the space bar. */
const OWN_KEYS = "input:not([type=range]), select, textarea, [contenteditable], dialog, .scroll, [popover], .bar, #notices, footer";
const OWN_SPACE = "button, a, summary, [role=button]";

/** @param {App} app @returns {import("../index.js").View} */
export function createExplore(app) {
  const { store } = app;
  const heading = h("h2", { id: "now" }, "A day on the street");
  const tariff = h("p", { class: "hint now-prices" }, NBSP);
  const spoken = h("p", { class: "visually-hidden", "aria-live": "polite", id: "spoken" });
  const policy = h("select", { id: "day-policy" });
  const beside = h("select", { id: "beside-policy" });
  let begun = false;
  let fetched = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let settling;
  /** What of the street was last told. */
  let told = "";

  const stage = new Stage({
    choose(home, where, byKey) {
      const open = app.state.home !== home || street() !== where;
      store.set({ home: open ? home : null, street: open && where === 1 ? "lower" : "upper" });
      if (!open) return;
      // After the state's listeners, which show the card.
      setTimeout(() => {
        if (byKey) card.title.focus({ preventScroll: !narrow.matches });
        else if (narrow.matches) card.element.scrollIntoView({ block: "start" });
      });
    },
    step: (step) => showStep(step),
    turned(playing) {
      player.turned(playing);
      if (playing) return;
      settle();
      say();
      why.refresh();
    },
    scrub: (step) => goTo(step),
  });
  stage.colouring = app.state.colouring;
  const { clock } = stage;
  /** Which street the open home stands on. */
  const street = () => (stage.alone || app.state.street === "upper" ? 0 : 1);
  const player = new Player(clock, stage.timeline.element, (index) => {
    store.set({ day: app.state.setting?.held_out[index] ?? null });
  });
  const key = legend((colouring) => store.set({ colouring }));
  const start = h("button", { type: "button", class: "primary large", id: "start", disabled: true, onclick: () => {
    location.hash = "train";
    void app.training.train();
  } }, "Train an agent");
  const cards = dayCards(start);
  const why = whyPart(async () => {
    const home = openHome();
    return home < 0 ? undefined : app.training.explain(dayIndex(app.state), clock.step, home);
  });
  const close = () => {
    const [home, where] = [app.state.home, street()];
    store.set({ home: null, street: "upper" });
    stage.focus(home, where);
  };
  const card = homeCard(close, why.element);
  const day = dayPart(app);

  /** The open home on its street, or −1, also as long as that street is still to come. */
  const openHome = () => {
    const scene = stage.pictureOf(street())?.scene;
    return scene && scene.date !== "" ? scene.homes.findIndex(({ id }) => id === app.state.home) : -1;
  };

  /** By hand: time stands, and the address says when. @param {number} step */
  const goTo = (step) => {
    clock.play(false);
    clock.seek(step);
    settle();
    say();
  };

  /** The address has the hour that is looked at; many moves in a row are one. */
  const settle = () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      const hour = stage.picture?.scene.hours[clock.step];
      if (!clock.playing && hour !== undefined && hour !== app.state.hour) store.set({ hour });
    }, SETTLED);
  };

  /** For those who do not see it: a step in words, as soon as time stands; not again because an agent has learnt. */
  const say = () => {
    const picture = stage.picture;
    if (clock.playing || !picture || picture.scene.date === "") return;
    const now = [picture.scene.date, clock.step, ...stage.seen.map(({ policy: { id } }) => id)].join(" ");
    if (now === told) return;
    told = now;
    spoken.textContent = stage.seen.map(({ policy: { label } }, index) => stepWords(stage.pictureOf(index) ?? picture, clock.step, label)).join(" ");
  };

  /** @param {number} step */
  const showStep = (step) => {
    const picture = stage.picture;
    if (!picture || picture.scene.date === "") return;
    heading.textContent = when(picture.scene, step);
    // Two streets have two local prices, which stand beside their names.
    const own = stage.alone ? [localPrice(picture.scene, step)] : [];
    tariff.textContent = [tariffWords(picture.scene, step), ...own].join(" · ");
    showHome(step);
  };

  /** @param {number} step */
  const showHome = (step) => {
    const home = openHome();
    const picture = stage.pictureOf(street());
    card.element.hidden = home < 0 || !picture;
    if (home < 0 || !picture) return;
    card.step(picture, step, home);
    if (!clock.playing) why.refresh();
  };

  /** Another home, or another day of it. */
  const openCard = () => {
    stage.choose(app.state.home, street());
    const [home, picture, seen] = [openHome(), stage.pictureOf(street()), stage.seen[street()]];
    if (seen) why.show(seen.policy.id === AGENT);
    showHome(clock.step);
    if (home >= 0 && picture && seen) card.show(picture, home, seen.policy.label);
  };

  const showLegend = () => {
    const pictures = stage.seen.flatMap((_, index) => stage.pictureOf(index) ?? []);
    if (pictures.length > 0) key.show(pictures[0].scene, scalesOf(pictures), stage.colouring);
  };

  /** The step that a time of day lies in. @param {number} hour */
  const stepAt = (hour) => {
    const hours = stage.picture?.scene.hours ?? [0];
    return Math.max(0, hours.findLastIndex((begin) => begin <= hour + 1e-6));
  };

  /** The first picture of a visit: alive, unless a link says when, or motion is unwanted. */
  const begin = () => {
    begun = true;
    player.ready();
    const { hour } = app.state;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (hour === null && !still) {
      clock.seek(stepAt(MORNING));
      clock.play(true);
      return;
    }
    const busiest = stage.picture?.trades.map((flows) => flows.reduce((sum, { kw }) => sum + kw, 0)) ?? [0];
    clock.seek(hour === null ? busiest.indexOf(Math.max(...busiest)) : stepAt(hour));
  };

  const load = sceneLoader(app, (seen, complete) => {
    const { setting } = app.state;
    if (setting) stage.limits = setting.spec.limits;
    stage.show(seen, complete);
    if (!begun) begin();
    showLegend();
    openCard();
    if (!complete) return;
    say();
    cards.show(app.state, seen);
  });

  policy.addEventListener("change", () => store.set({ policy: policy.value }));
  beside.addEventListener("change", () => store.set({ beside: beside.value }));

  document.addEventListener("keydown", (event) => {
    if (app.state.view !== "explore" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Escape" && app.state.home !== null && card.element.contains(target)) return close();
    if (target.closest(OWN_KEYS)) return;
    if (event.key === " " && target.closest(OWN_SPACE)) return;
    if (event.key === " ") clock.play(!clock.playing);
    else if (target.matches("input")) return;
    else if (event.key === "ArrowRight") goTo(clock.step + 1);
    else if (event.key === "ArrowLeft") goTo(clock.step - 1);
    else return;
    event.preventDefault();
  });

  // As many streets as are to come: nothing moves when they do.
  const waiting = ["The street wakes up …", ...(app.state.beside === ALONE ? [] : [NBSP])];
  stage.show(waiting.map((label) => ({ policy: { id: "", label, role: "neutral", plans: false }, scene: emptyScene() })), true);

  const element = h(
    "div",
    { class: "explore" },
    h(
      "section",
      { class: "panel scene", "aria-labelledby": "now" },
      h(
        "div",
        { class: "scene-head" },
        h("div", { class: "now" }, heading, tariff),
        h("div", { class: "choose" }, labelled("Policy", policy), labelled("Beside it", beside)),
      ),
      stage.element,
      player.element,
      player.more,
      key.element,
      spoken,
    ),
    h("aside", { class: "cards", "aria-label": "The day and its homes" }, card.element, cards.element),
    day.element,
  );
  // Who reads a home's card below the street still sees it run; another view stops it.
  new IntersectionObserver((entries) => clock.see(entries.some(({ isIntersecting }) => isIntersecting))).observe(element);

  return {
    element,
    render(state, changed) {
      const { engine, learner, phase, history, setting } = state;
      start.disabled = engine !== "ready" || state.underWay.has("trial") || learner === "failed" || phase !== "idle" || history.length > 0;
      cards.invite(!state.trained && phase === "idle");
      if (!setting) return;
      if (["setting", "trained", "agents", "policy", "beside"].some((name) => changed.has(/** @type {keyof State} */ (name)))) fill(policy, beside, state);
      player.render(state, dayIndex(state));
      const learned = changed.has("history") && policiesInView(state).some(({ id }) => id === AGENT) && performance.now() - fetched > REFRESH;
      if (learned || ["setting", "day", "policy", "beside", "trained", "agents", "phase"].some((name) => changed.has(/** @type {keyof State} */ (name)))) {
        fetched = performance.now();
        void load();
      }
      if (changed.has("colouring")) {
        stage.colouring = state.colouring;
        stage.refresh();
        showLegend();
      }
      if (changed.has("home") || changed.has("street")) openCard();
      if (changed.has("results") && begun) cards.show(state, stage.seen);
      if (changed.has("hour") && state.hour !== null && begun && !clock.playing && stepAt(state.hour) !== clock.step) clock.seek(stepAt(state.hour));
      day.render(state, changed);
    },
  };
}

/** The policies to choose from. @param {HTMLSelectElement} policy @param {HTMLSelectElement} beside @param {State} state */
function fill(policy, beside, state) {
  const acting = actingPolicies(state);
  const options = () => acting.map(({ id, label }) => h("option", { value: id }, label));
  policy.replaceChildren(...options());
  policy.value = chosenPolicy(state);
  beside.replaceChildren(h("option", { value: ALONE }, "nothing"), ...options().filter(({ value }) => value !== policy.value));
  beside.value = besidePolicy(state) ?? ALONE;
}
