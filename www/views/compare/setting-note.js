// What is compared, so that a table can be read without the page around it.

import { h, term } from "../../ui/dom.js";
import { counted, longDate } from "../../ui/format.js";

/**
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").PolicyResult} PolicyResult
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** Fewer held-out days than this make intervals that are too narrow. */
const FEW = 8;

/** Days of a held-out episode. @param {Setting} setting */
export function daysPerEpisode({ spec }) {
  return spec.episode?.length === "week" ? 7 : 1;
}

/** "52 held-out days". @param {Setting} setting */
export function heldOut(setting) {
  return counted(setting.held_out.length, daysPerEpisode(setting) === 7 ? "held-out week" : "held-out day");
}

/** The setting in a line: data, tariff, days, seeds. @param {State} state */
export function settingLine({ setting, results, preset, presets }) {
  if (!setting) return "";
  const { data, spec, held_out, tariffs, tariff } = setting;
  const seeds = Math.max(1, ...[...results.values()].map(({ over_seeds }) => over_seeds?.seeds ?? 1));
  const title = (presets.find(({ id }) => id === preset) ?? presets[0])?.title;
  const parts = [
    title,
    `${data.name}: ${counted(data.homes.length, "home")}, ${data.kind}`,
    tariffs.find(({ id }) => id === tariff)?.name ?? "own tariff",
    `${heldOut(setting)} from ${longDate(held_out[0])} to ${longDate(held_out[held_out.length - 1])}`,
    seeds > 1 ? `${seeds} seeds from ${spec.seed}` : `seed ${spec.seed}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** What the figures are and what the intervals mean. @param {Setting} setting @param {string} baseline Its label. */
export function method(setting, baseline) {
  const few = setting.held_out.length < FEW ? ` ${heldOut(setting)} are few: the intervals are narrower than they should be.` : "";
  return h(
    "p",
    { class: "hint method" },
    `Every policy meets the same ${heldOut(setting)} from the same start, each battery at its lowest charge; what is left at the end is paid for. Figures are means a day; below each stands its `,
    term("interval"),
    `, from 2000 draws of these days, and of the `,
    term("seed", "seeds"),
    ` where there are several, with replacement. Better and worse are against ${baseline} on the same days; where the interval of the difference holds 0, the two are not told apart. Largest and lowest values have no such interval.${few}`,
  );
}
