// A day along an axis of hours: pure functions of whatever has a value for every step.

/**
 * What begins at `hours`, every `step_hours`.
 * @typedef {{ hours: number[], step_hours: number }} Hours
 */

/** When an episode ends, hours after its first midnight. @param {Hours} day */
function end({ hours, step_hours }) {
  return hours[hours.length - 1] + step_hours;
}

/** @param {Hours} day */
export function hoursAxis(day) {
  return { min: 0, max: end(day), ticks: /** @type {const} */ ("hour_of_day") };
}

/**
 * Per step: each value holds until the next, the last one to the end of the day.
 * @param {Hours} day
 * @param {(number | null)[]} values
 */
export function steps(day, values) {
  return { x: [...day.hours, end(day)], y: [...values, values[values.length - 1]], style: /** @type {const} */ ("steps") };
}

/**
 * The same steps as the outline of an area.
 * @param {Hours} day
 * @param {number[]} values
 */
export function stairs(day, values) {
  const x = day.hours.flatMap((hour) => [hour, hour + day.step_hours]);
  return { x, y: values.flatMap((value) => [value, value]), style: /** @type {const} */ ("area") };
}

/** Where marks begin and end, in steps. @param {boolean[]} marked */
export function runs(marked) {
  /** @type {[number, number][]} */
  const found = [];
  marked.forEach((inside, step) => {
    if (!inside) return;
    if (step > 0 && marked[step - 1]) found[found.length - 1][1] = step + 1;
    else found.push([step, step + 1]);
  });
  return found;
}

/**
 * The stretches of steps that are marked, the first of them with a label.
 * @param {Hours} day
 * @param {boolean[]} marked Per step.
 * @param {string} label
 */
export function stretches({ hours, step_hours }, marked, label) {
  return runs(marked).map(([from, to], index) => ({ from: hours[from], to: hours[to - 1] + step_hours, label: index === 0 ? label : "" }));
}

/** The peak windows of every day of the episode. @param {Hours & { peak: boolean[] }} day */
export function peakBands(day) {
  return stretches(day, day.peak, "peak window");
}
