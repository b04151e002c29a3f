// A small file in the layout of Ausgrid's "Solar home electricity data".

const MONTHS_AHEAD = Date.UTC(2012, 6, 1);
const DAY = 86_400_000;

const SLOTS = Array.from({ length: 48 }, (_, slot) => {
  const minutes = ((slot + 1) * 30) % 1440;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
});

/** kWh in a half hour: a base, a morning and a larger evening. @param {number} slot @param {number} scale */
function load(slot, scale) {
  const hour = slot / 2;
  const hump = (/** @type {number} */ at, /** @type {number} */ width) => Math.exp(-(((hour - at) / width) ** 2));
  return scale * (0.12 + 0.2 * hump(7, 1.5) + 0.5 * hump(19, 2.5));
}

/** kWh in a half hour of a clear winter day. @param {number} slot @param {number} kwp */
function sun(slot, kwp) {
  return Math.max(0, kwp * 0.3 * Math.sin(((slot / 2 - 7) / 10) * Math.PI));
}

/** @param {number} day */
function date(day) {
  const at = new Date(MONTHS_AHEAD + day * DAY);
  return `${at.getUTCDate()}/${String(at.getUTCMonth() + 1).padStart(2, "0")}/${at.getUTCFullYear()}`;
}

/**
 * The lines of the file: the title, the header, and a row per home, category and day.
 * Home 103 has a gap of three days, and so is partial.
 * @param {number} days
 */
export function ausgridLines(days) {
  const header = ["Customer", "Generator Capacity", "Postcode", "Consumption Category", "date", ...SLOTS, "Row Quality"];
  const lines = ['"Solar home half-hour data, made up for a test"', header.join(",")];
  for (const [home, kwp] of [["101", 2], ["102", 1.5], ["103", 1]]) {
    for (let day = 0; day < days; day++) {
      if (home === "103" && day >= 5 && day < 8) continue;
      const row = (/** @type {string} */ category, /** @type {(slot: number) => number} */ value) => {
        const values = SLOTS.map((_, slot) => (value(slot) * (1 + 0.1 * Math.sin(day))).toFixed(3));
        lines.push([home, kwp, 2261, category, date(day), ...values, ""].join(","));
      };
      row("GC", (slot) => load(slot, 1));
      row("GG", (slot) => sun(slot, Number(kwp)));
      if (home === "102") row("CL", (slot) => (slot < 8 ? 0.4 : 0));
    }
  }
  return lines;
}
