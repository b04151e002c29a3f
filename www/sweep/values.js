// Values of a swept field as they are typed: lists with commas and ranges FROM:TO:STEP.

/** @typedef {{ values: number[], fault: string | null }} Parsed */

/** More of one field would be no sweep but a search. */
const MOST_VALUES = 200;

/** @param {string} fault @returns {Parsed} */
const wrong = (fault) => ({ values: [], fault });

/**
 * "0, 0.5, 1" or "0:1:0.25", or both together.
 * @param {string} text
 * @param {boolean} whole Whether only whole numbers, zero or more, will do.
 * @returns {Parsed}
 */
export function parseNumbers(text, whole = false) {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => part === "")) return wrong("Enter at least one value.");
  /** @type {number[]} */
  const values = [];
  for (const part of parts) {
    if (part === "") return wrong("There is a comma with no value beside it.");
    const { values: found, fault } = part.includes(":") ? parseRange(part) : parseOne(part);
    if (fault) return wrong(fault);
    values.push(...found);
    if (values.length > MOST_VALUES) return wrong(`These are more than ${MOST_VALUES} values; take a longer step.`);
  }
  const broken = whole && values.find((value) => !Number.isSafeInteger(value) || value < 0);
  if (broken !== false && broken !== undefined) return wrong(`${broken} is not a whole number of 0 or more.`);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) return wrong(`${twice} is there twice.`);
  return { values, fault: null };
}

/** @param {string} text */
function numberIn(text) {
  const plain = text.trim().replace(/^[−–]/, "-");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

/** @param {string} text @returns {Parsed} */
function parseOne(text) {
  const value = numberIn(text);
  return Number.isFinite(value) ? { values: [value], fault: null } : wrong(`“${text}” is not a number.`);
}

/** Both ends are values, where the step reaches the second. @param {string} text @returns {Parsed} */
function parseRange(text) {
  const parts = text.split(":").map(numberIn);
  const [from, to, step] = parts;
  if (parts.length !== 3 || !parts.every(Number.isFinite)) {
    return wrong(`“${text}” is not a range; write FROM:TO:STEP, as in 0:1:0.25.`);
  }
  if (step === 0 || (to - from) / step < 0) return wrong(`The step in “${text}” does not lead from ${from} to ${to}.`);
  const scale = Math.max(Math.abs(from), Math.abs(to));
  // A step that divides the range but for rounding reaches its end.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_VALUES) return wrong(`“${text}” is ${count} values; take a longer step.`);
  return { values: Array.from({ length: count }, (_, index) => rounded(from + index * step, scale)), fault: null };
}

/** Without the digits that nobody meant: 0.1 + 0.2 is 0.3, and 0.3 − 3 · 0.1 is 0. @param {number} value @param {number} scale */
function rounded(value, scale) {
  return Math.abs(value) < 1e-12 * scale ? 0 : Number(value.toPrecision(13));
}
