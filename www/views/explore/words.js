// What happens on the street, in words. Pure functions.

import { capitalised, clock, NBSP, number } from "../../ui/format.js";

/**
 * @typedef {import("../../types.d.ts").Scene} Scene
 * @typedef {import("./picture.js").Picture} Picture
 */

/** Less than this is nothing, kW. */
const NONE = 0.005;

/** Its identifier, as everywhere; a mere number needs a word before it. @param {string} id */
export function homeName(id) {
  return /^[a-z]?\d+$/i.test(id) ? `home${NBSP}${id}` : id;
}

/**
 * As many digits as are read: none of hundreds, and in a sentence two of little. A sign is for the labels of homes,
 * which have no room for more than one.
 * @param {number} kw
 * @param {boolean} [signed]
 */
export function kilowatts(kw, signed = false) {
  const size = Math.abs(kw);
  const text = number(kw, size >= 99.95 ? 0 : !signed && size < 0.095 && size >= NONE ? 2 : 1);
  return signed && kw >= 0.05 ? `+${text}` : text;
}

/** @param {number} kw */
export function signedKilowatts(kw) {
  return `${kilowatts(kw, true)}${NBSP}kW`;
}

/** @param {number} kw Drawn from the cable. */
export function netWords(kw) {
  return kw > NONE ? "draws" : kw < -NONE ? "gives" : "even";
}

/** @param {number} dollars Per kWh. */
export function cents(dollars) {
  const value = 100 * dollars;
  return `${number(value, Math.abs(value - Math.round(value)) < 0.05 ? 0 : 1)}${NBSP}c`;
}

/** @param {string[]} names */
export function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** So many partners are named. */
const NAMED = 4;

/** Several homes: “homes 5 and 7”. @param {Scene} scene @param {number[]} homes */
export function homeNames(scene, homes) {
  const names = homes.map((home) => homeName(scene.homes[home].id));
  const named = names.slice(0, NAMED);
  const more = names.length - named.length;
  const numbered = named.length > 1 && named.every((name) => name.startsWith(`home${NBSP}`));
  const words = numbered ? named.map((name) => name.slice(5)) : named;
  return (numbered ? `homes${NBSP}` : "") + listed(more > 0 ? [...words, `${more} more`] : words);
}

/** Who trades with a home, the largest trade first. @param {Picture} picture @param {number} step @param {number} home */
export function partners({ trades }, step, home) {
  return trades[step].filter(({ seller, buyer, kw }) => (seller === home || buyer === home) && kw >= NONE);
}

/**
 * What a home does in a step, and with whom: “Discharges 2.1 kW: 0.8 for itself, 1.3 for homes 5 and 7.”
 * @param {Picture} picture
 * @param {number} step
 * @param {number} home
 */
export function nowSentence(picture, step, home) {
  const { scene, homes } = picture;
  const at = step * homes + home;
  if (scene.unserved_kw[at] > NONE) {
    return `The grid is down, and ${kilowatts(scene.unserved_kw[at])}${NBSP}kW of its ${kilowatts(scene.load_kw[at])}${NBSP}kW of load cannot be served.`;
  }
  const flows = partners(picture, step, home);
  const others = homeNames(scene, flows.map(({ seller, buyer }) => (seller === home ? buyer : seller)));
  const load = scene.load_kw[at];
  const pv = scene.pv_kw[at] - scene.curtailed_kw[at];
  const battery = scene.battery_kw[at];
  const sold = Math.max(0, -scene.peer_kw[at]);
  const bought = Math.max(0, scene.peer_kw[at]);
  const exported = Math.max(0, -scene.grid_kw[at]);
  const imported = Math.max(0, scene.grid_kw[at]);
  /** What goes out, or comes in, of it a part. @param {number} kw @param {string} direction @param {number} peers @param {number} grid */
  const abroad = (kw, direction, peers, grid) => {
    const first = Math.min(kw, peers);
    return [
      { kw: first, words: `${direction} ${others}` },
      { kw: Math.min(kw - first, grid), words: `${direction} the grid` },
    ];
  };
  const tell = (/** @type {string} */ what, /** @type {number} */ kw, /** @type {{ kw: number, words: string }[]} */ parts) => {
    const some = parts.filter((part) => part.kw > NONE);
    const [only] = some;
    const rest = some.length === 1 ? ` ${only.words}` : some.length > 1 ? `: ${some.map((part) => `${kilowatts(part.kw)} ${part.words}`).join(", ")}` : "";
    return `${what} ${kilowatts(kw)}${NBSP}kW${rest}.`;
  };
  if (battery < -NONE) {
    const own = Math.min(-battery, Math.max(0, load - pv));
    return tell("Discharges", -battery, [{ kw: own, words: "for itself" }, ...abroad(-battery - own, "for", sold, exported)]);
  }
  if (battery > NONE) {
    const own = Math.min(battery, Math.max(0, pv - load));
    return tell("Charges", battery, [{ kw: own, words: "from its own roof" }, ...abroad(battery - own, "from", bought, imported)]);
  }
  if (pv > NONE) {
    const own = Math.min(pv, load);
    const made = tell("Its roof makes", pv, [{ kw: own, words: "for itself" }, ...abroad(pv - own, "for", sold, exported)]);
    const short = load - own;
    return short > NONE ? `${made} ${tell("It needs another", short, abroad(short, "from", bought, imported))}` : made;
  }
  return tell("Uses", load, abroad(load, "from", bought, imported));
}

/** A home's description: all that its picture shows. @param {Picture} picture @param {number} step @param {number} home */
export function homeState(picture, step, home) {
  const { scene, homes, net } = picture;
  const at = step * homes + home;
  const { id, battery_kwh } = scene.homes[home];
  const kw = `${kilowatts(Math.abs(net[at]))}${NBSP}kW`;
  const parts = [
    net[at] > NONE ? `draws ${kw}` : net[at] < -NONE ? `gives ${kw}` : "draws and gives nothing",
    `load ${kilowatts(scene.load_kw[at])}`,
    ...(scene.unserved_kw[at] > NONE ? [`of it not served ${kilowatts(scene.unserved_kw[at])}`] : []),
    ...(scene.pv_kw[at] > NONE ? [`PV ${kilowatts(scene.pv_kw[at])}`] : []),
    ...(battery_kwh > 0 ? [`battery ${number((100 * scene.soc_kwh[at]) / battery_kwh)}${NBSP}%`] : []),
  ];
  return `${capitalised(homeName(id))}: ${parts.join(", ")}`;
}

/** @param {Scene} scene @param {number} step */
export function gridWords({ import_kw, export_kw, outage }, step) {
  if (outage[step]) return { kw: 0, words: "is down", side: "outage" };
  if (import_kw[step] > NONE) return { kw: import_kw[step], words: "brings", side: "import" };
  if (export_kw[step] > NONE) return { kw: export_kw[step], words: "takes", side: "export" };
  return { kw: 0, words: "idle", side: "even" };
}

const dateFormat = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });

/** The day and the time of a step: “Tuesday 14 January, 17:00”. @param {Scene} scene @param {number} step */
export function when({ date, hours }, step) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + Math.floor(hours[step] / 24));
  return `${dateFormat.format(day).replace(",", "")}, ${clock(hours[step] % 24)}`;
}

/** The grid's prices in a step. @param {Scene} scene @param {number} step */
export function tariffWords({ peak, retail, feed_in, outage }, step) {
  if (outage[step]) return "the grid is down";
  return `${peak[step] ? "peak tariff" : peak.includes(true) ? "off-peak tariff" : "tariff"} ${cents(retail[step])} · feed-in ${cents(feed_in[step])}`;
}

/** What neighbours pay each other. @param {Scene} scene @param {number} step */
export function localPrice({ price }, step) {
  const local = price[step];
  return local === null ? "no local trade" : `local price ${cents(local)}`;
}

/** The voltages of a step, in volts, and whether they are within limits. @param {Scene} scene @param {number} step
 * @param {{ voltage_min: number, voltage_max: number }} limits Per unit. */
export function voltageWords({ voltage, hours }, step, { voltage_min, voltage_max }) {
  const buses = voltage.length / hours.length;
  const known = voltage.slice(step * buses, (step + 1) * buses).filter((value) => value !== null);
  if (known.length === 0) return "";
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const within = low >= voltage_min - 1e-9 && high <= voltage_max + 1e-9;
  const verdict = within ? "all within limits" : low < voltage_min ? "too low in places" : "too high in places";
  return `voltage ${number(230 * low, 1)}–${number(230 * high, 1)}${NBSP}V, ${verdict}`;
}

/**
 * A step of the street for those who do not see it.
 * @param {Picture} picture
 * @param {number} step
 * @param {string} policy
 */
export function stepWords(picture, step, policy) {
  const { scene, homes, net, trades } = picture;
  const grid = gridWords(scene, step);
  const now = net.slice(step * homes, (step + 1) * homes);
  const traded = trades[step].reduce((sum, { kw }) => sum + kw, 0);
  const [most, least] = [now.indexOf(Math.max(...now)), now.indexOf(Math.min(...now))];
  return [
    `${when(scene, step)}, ${policy}: ${tariffWords(scene, step)} · ${localPrice(scene, step)}.`,
    grid.side === "outage" ? "The grid is down." : `The grid ${grid.words === "idle" ? "is idle" : `${grid.words} ${kilowatts(grid.kw)} kW`}.`,
    traded > NONE ? `${kilowatts(traded)} kW pass between neighbours.` : "Nothing passes between neighbours.",
    now[most] > NONE ? `${capitalised(homeName(scene.homes[most].id))} draws most, ${kilowatts(now[most])} kW.` : "",
    now[least] < -NONE ? `${capitalised(homeName(scene.homes[least].id))} gives most, ${kilowatts(-now[least])} kW.` : "",
  ].filter(Boolean).join(" ");
}
