// Running the policies: the quick ones as soon as somebody looks, those that plan whole days on request.

import { h } from "../../ui/dom.js";
import { counted } from "../../ui/format.js";
import { actingPolicies, AGENT, baselineOf } from "../../app/state.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Policy} Policy
 */

/** @param {App} app */
export function evaluation(app) {
  const run = h("button", { type: "button", class: "primary", onclick: () => void evaluate(actingPolicies(app.state)) }, "Evaluate all policies");
  const train = h("a", { class: "button", href: "#train", hidden: true }, "Train an agent");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Evaluating" });
  const cancel = h("button", { type: "button" }, "Cancel");
  const progress = h("div", { class: "reading", hidden: true }, bar, cancel);
  const status = h("p", { class: "status", role: "status" });
  /** @type {AbortController | null} */
  let evaluating = null;
  /** What was evaluated last by itself: what fails once is not tried again and again. @type {{ setting: State["setting"], what: string }} */
  let tried = { setting: null, what: "" };

  cancel.addEventListener("click", () => evaluating?.abort());

  /** @param {Policy[]} policies */
  async function evaluate(policies) {
    evaluating = new AbortController();
    app.store.mark("evaluation", true);
    bar.value = 0;
    progress.hidden = false;
    run.disabled = true;
    await app.evaluations.run(
      policies,
      (done, count, busy) => {
        bar.value = done / count;
        if (busy.length > 0) say(`Evaluating ${inWords(busy)} …`);
      },
      evaluating.signal,
    );
    evaluating = null;
    app.store.mark("evaluation", false);
    progress.hidden = true;
    app.store.set({ results: app.state.results });
  }

  /** A live region says nothing twice. @param {string} text */
  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  return {
    controls: h("div", { class: "actions" }, run, train),
    element: h("div", { class: "evaluation" }, progress, status),
    /** @param {State} state */
    render(state) {
      const { setting, engine } = state;
      // Two engines that are timed against each other are left alone.
      const ready = engine === "ready" && setting !== null && !evaluating && !state.underWay.has("trial");
      const rests = state.phase !== "running" && state.phase !== "pausing";
      run.disabled = !ready || !rests;
      train.hidden = state.trained;
      if (!setting || evaluating) return;
      run.classList.toggle("primary", waiting(state).length > 0);
      run.textContent = `Evaluate all ${counted(actingPolicies(state).length, "policy", "policies")}`;
      say(statusSentence(state));
      const quick = waiting(state).filter(({ id, plans }) => !plans && (rests || id !== AGENT));
      const what = [app.training.version, baselineOf(state), ...quick.map(({ id }) => id)].join();
      if (!ready || quick.length === 0 || (setting === tried.setting && what === tried.what)) return;
      tried = { setting, what };
      // What is rendered now is finished first.
      queueMicrotask(() => void evaluate(quick));
    },
  };
}

/** What has no results, or only those of an agent that has been trained further since. @param {State} state */
export function waiting(state) {
  return actingPolicies(state).filter(({ id }) => !state.results.has(id) || (id === AGENT && state.stale));
}

/** "rule-based, optimum and MPC". @param {string[]} labels */
function inWords(labels) {
  const small = labels.map((label) => (/^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label));
  return new Intl.ListFormat("en-GB").format(small);
}

/** @param {State} state */
function statusSentence(state) {
  const { results, stale, trained, phase } = state;
  if (results.size === 0) return "Nothing has been evaluated yet.";
  const planning = waiting(state).filter(({ plans }) => plans);
  const more = planning.length > 0 ? ` Not run yet, since they plan whole days and take longer: ${inWords(planning.map(({ label }) => label))}.` : "";
  if (phase === "running" && (stale || !results.has(AGENT))) return `The agent is being trained; it joins the table when it rests.${more}`;
  if (stale) return `The agent has been trained further since: evaluate again.${more}`;
  if (!trained) return `There is no trained agent yet; it stands in the table as soon as there is one.${more}`;
  return `Evaluated.${more}`;
}
