// Choices that come and go with the setting.

import { h } from "../../ui/dom.js";

/**
 * Lists options anew only where they have changed: a list that is open stays so.
 * @param {HTMLSelectElement} select
 * @param {{ value: string, label: string }[]} options
 */
export function listOptions(select, options) {
  const known = JSON.stringify(options);
  if (select.dataset.known === known) return;
  select.dataset.known = known;
  select.replaceChildren(...options.map(({ value, label }) => h("option", { value }, label)));
}

/** @param {import("../../types.d.ts").Policy[]} policies */
export function policyOptions(policies) {
  return policies.map(({ id, label }) => ({ value: id, label }));
}
