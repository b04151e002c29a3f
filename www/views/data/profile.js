// From load and PV step by step to what is drawn of them: pure functions.

/** @typedef {import("../../types.d.ts").Setting} Setting */

/** A part of the year, by its months; the quarters are those of the seasons in either hemisphere. */
export const PERIODS = /** @type {const} */ ([
  { id: "year", label: "Whole year", months: null },
  { id: "12-2", label: "December to February", months: [12, 1, 2] },
  { id: "3-5", label: "March to May", months: [3, 4, 5] },
  { id: "6-8", label: "June to August", months: [6, 7, 8] },
  { id: "9-11", label: "September to November", months: [9, 10, 11] },
]);

/** @typedef {(typeof PERIODS)[number]} Period */

/**
 * The days of a period, by index.
 * @param {string[]} dates ISO.
 * @param {readonly number[] | null} months
 */
export function daysIn(dates, months) {
  const indices = dates.map((_, index) => index);
  return months === null ? indices : indices.filter((index) => months.includes(Number(dates[index].slice(5, 7))));
}

/**
 * The mean over some days of each step of the day.
 * @param {ArrayLike<number>} values One per step, day after day.
 * @param {number} perDay Steps of a day.
 * @param {number[]} days By index; at least one.
 */
export function meanDay(values, perDay, days) {
  return Array.from({ length: perDay }, (_, step) => {
    const sum = days.reduce((total, day) => total + values[day * perDay + step], 0);
    return sum / days.length;
  });
}

/** @typedef {"net" | "load" | "pv"} Quantity */

/**
 * What the year's picture shows: kW drawn are above 0, kW made below.
 * @param {import("../../types.d.ts").LoadAndPv} series
 * @param {Quantity} quantity
 */
export function balance({ load, pv }, quantity) {
  if (quantity === "load") return load;
  return pv.map((kw, step) => (quantity === "pv" ? -kw : load[step] - kw));
}

/**
 * The power that only few steps exceed: what the strongest colour stands for. One outlier would
 * leave all others pale.
 * @param {ArrayLike<number>} values
 */
export function strongest(values) {
  const sizes = Float32Array.from(values, Math.abs).sort();
  return sizes.length === 0 ? 0 : sizes[Math.floor(0.995 * (sizes.length - 1))];
}

/**
 * How many days each part has.
 * @param {Setting["calendar"]} calendar
 */
export function countParts(calendar) {
  const counts = { train: 0, validation: 0, held_out: 0, none: 0 };
  for (const { part } of calendar) counts[part ?? "none"] += 1;
  return counts;
}

const MONTHS = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });

/**
 * What a first of the month is called beneath a year; over several years, each January says which.
 * @param {string} iso
 * @param {number} days Of the whole.
 */
export function monthName(iso, days) {
  return iso.endsWith("-01-01") && days > 366 ? iso.slice(0, 4) : MONTHS.format(new Date(`${iso}T00:00:00Z`));
}

/** Days since 1 January 1970. @param {string} iso */
const dayNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / 864e5;

/**
 * The days of a calendar in columns of weeks that begin on Mondays (weekday 0).
 * @param {Setting["calendar"]} calendar At least one day, in order.
 */
export function weeks(calendar) {
  // 1 January 1970 was a Thursday.
  const firstMonday = Math.floor((dayNumber(calendar[0].date) + 3) / 7) * 7 - 3;
  return calendar.map((day) => {
    const since = dayNumber(day.date) - firstMonday;
    return { ...day, week: Math.floor(since / 7), weekday: since % 7 };
  });
}

const HOME_LISTS = ["pv_homes", "battery_homes", "greedy_homes"];
const HOME_MAPS = ["overrides", "pv_measured_kwp"];

/** What is left of a list, or of a map by home, when only some homes stay. @param {any} value @param {string[]} ids */
function only(value, ids) {
  if (Array.isArray(value)) return value.filter((id) => ids.includes(id));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([id]) => ids.includes(id)));
}

/**
 * The fields that let only some homes take part: what names the others loses them, and what had
 * lost them before gets them back.
 * @param {import("../../types.d.ts").Spec} base The preset's.
 * @param {import("../../types.d.ts").Spec} spec The one in use.
 * @param {string[]} all The names of all homes.
 * @param {string[]} chosen Of those, in the same order.
 * @returns {Record<string, any>}
 */
export function onlyHomes(base, spec, all, chosen) {
  const present = spec.homes.include.length > 0 ? spec.homes.include : all;
  /** @type {Record<string, any>} */
  const fields = { "homes.include": chosen.length === all.length ? [] : chosen };
  for (const name of [...HOME_LISTS, ...HOME_MAPS]) {
    const [own, now] = [base.homes[name], spec.homes[name]];
    const unchanged = JSON.stringify(only(own, present)) === JSON.stringify(now);
    const next = only(unchanged ? own : now, chosen);
    if (JSON.stringify(next) !== JSON.stringify(now)) fields[`homes.${name}`] = next;
  }
  const bus = spec.feeder?.fault?.bus;
  if (all.includes(bus) && !chosen.includes(bus)) fields["feeder.fault"] = null;
  return fields;
}
