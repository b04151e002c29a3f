// Numbers, dates and durations as the page writes them.

const MINUS = "\u2212";
/** Between a number and its unit: they stay on one line. */
export const NBSP = "\u00a0";

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number} value
 * @param {number} [digits] After the point.
 */
export function number(value, digits = 0) {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(digits, format);
  }
  return format.format(value).replace(/^-(?=[0.,]*$)/, "").replace("-", MINUS);
}

/**
 * @param {number | null | undefined} value
 * @param {number} digits
 */
export function orDash(value, digits) {
  return value === null || value === undefined ? "–" : number(value, digits);
}

/**
 * A relative change in percent with its sign.
 * @param {number} ratio −0.66 for 66 % less.
 */
export function signedPercent(ratio) {
  const text = number(Math.abs(ratio) * 100);
  if (text === "0") return `±0${NBSP}%`;
  return `${ratio < 0 ? MINUS : "+"}${text}${NBSP}%`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return bytes < 1e5 ? `${number(bytes / 1e3, 1)}${NBSP}kB` : `${number(bytes / 1e6, 1)}${NBSP}MB`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "unknown";
  if (seconds < 90) return `${number(Math.max(1, Math.ceil(seconds)))}${NBSP}s`;
  if (seconds < 5400) return `${number(Math.round(seconds / 60))}${NBSP}min`;
  return `${number(seconds / 3600, 1)}${NBSP}h`;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** @param {string} iso A date as `2012-07-01`. */
export function longDate(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? iso : dayFormat.format(date);
}

/**
 * A date some days later.
 * @param {string} iso A date as `2012-07-01`.
 * @param {number} days
 */
export function dayAfter(iso, days) {
  const date = new Date(`${iso}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return Number.isNaN(date.getTime()) ? iso : date.toISOString().slice(0, 10);
}

/**
 * A time of day: `17:30`.
 * @param {number} hour Hours after midnight, up to 24.
 */
export function clock(hour) {
  const minutes = Math.round(hour * 60);
  const padded = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${padded(Math.floor(minutes / 60))}:${padded(minutes % 60)}`;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function counted(count, one, many = `${one}s`) {
  return `${number(count)}${NBSP}${count === 1 ? one : many}`;
}

/** @param {string} text */
export function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * With a capital at the beginning, unless a name stands there, and a full stop at the end.
 * @param {string} text
 */
export function sentence(text) {
  const begun = /^[a-z]+[ ,]/.test(text) ? capitalised(text) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
