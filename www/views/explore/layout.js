// Where everything on the street stands: from how the homes hang together and the room there is to
// points and paths. Pure functions; lengths are in the drawing's own units, CSS px at the normal
// size of type.

/**
 * @typedef {import("../../types.d.ts").Scene} Scene
 * @typedef {{ x: number, y: number }} Point
 * @typedef {Point & { row: number, heading: number }} Spot A bus on its cable, which goes on to the right (1) or left (−1).
 */

/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number} rows
 * @property {boolean} compact Many homes: small ones, with less text.
 * @property {boolean} roomy There is air between the homes.
 * @property {number} scale Of a home.
 * @property {number} reach How high the trades' arcs may rise over the roofs.
 * @property {Point[]} homes By home: the middle of its floor.
 * @property {Point} grid The middle of the grid's box.
 * @property {number} gridWidth
 * @property {string[]} lines By line: the path from where it comes to the bus it leads to.
 */

/** @typedef {{ cell: number, most: number, scale: number, reach: number, first: number, drop: number, labels: number }} Measures */

/** A home with its name and figures. @type {Measures} */
const FULL = { cell: 66, most: 230, scale: 1, reach: 46, first: 74, drop: 15, labels: 57 };
/** Closer together, on a phone. @type {Measures} */
const CLOSE = { ...FULL, cell: 54 };
/** A small one. @type {Measures} */
const COMPACT = { cell: 37, most: 84, scale: 0.62, reach: 26, first: 60, drop: 10, labels: 24 };

/** A home from floor to ridge, and half its width, at scale 1. */
export const HOUSE = { height: 54, half: 28 };

/** Full homes fit into so many rows; more homes are drawn small. */
const FULL_ROWS = 3;
const MOST_FULL = 24;

/** Less than this is a phone's width. */
const NARROW = 520;

/** Room right of the last home, for the bend of the street. */
const EDGE = 14;

/**
 * The buses, as chains that leave the transformer or another chain: each follows the first branch,
 * and every other branch begins a chain of its own.
 * @param {number[]} parents By line: the bus it comes from; line `l` leads to bus `l + 1`.
 */
export function chains(parents) {
  /** @type {number[][]} */
  const children = Array.from({ length: parents.length + 1 }, () => []);
  parents.forEach((parent, line) => children[parent].push(line + 1));
  /** @type {number[][]} */
  const found = [];
  const pending = children[0].toReversed();
  for (let first = pending.pop(); first !== undefined; first = pending.pop()) {
    const chain = [first];
    for (let next = children[first]; next.length > 0; next = children[next[0]]) {
      chain.push(next[0]);
      pending.push(...next.slice(1).reverse());
    }
    found.push(chain);
  }
  return found;
}

/** Whether no feeder is modelled: every home hangs on the busbar by itself. @param {Scene} scene */
export function withoutFeeder({ parents, voltage }) {
  return voltage.length === 0 && parents.every((parent) => parent === 0);
}

/** How the lines are drawn; without a feeder as one street all the same. @param {Scene} scene */
function wiring(scene) {
  return withoutFeeder(scene) ? scene.parents.map((_, line) => line) : scene.parents;
}

/**
 * @param {Scene} scene
 * @param {number} width
 * @returns {Layout}
 */
export function layOut(scene, width) {
  const parents = wiring(scene);
  const cables = chains(parents);
  // Homes at the busbar itself have a place, and no line.
  const atBusbar = scene.homes.filter(({ bus }) => bus === 0).length;
  const gridWidth = width < NARROW ? 58 : 84;
  const room = width - gridWidth - (width < NARROW ? 6 : 14) - EDGE;
  const fits = (/** @type {Measures} */ { cell }) => Math.max(1, Math.floor(room / cell));
  const rowsOf = (/** @type {number} */ capacity) =>
    [...cables.map(({ length }) => length), atBusbar].reduce((rows, length) => rows + Math.ceil(length / capacity), 0);
  const compact = scene.homes.length > MOST_FULL || (width >= NARROW && rowsOf(fits(FULL)) > FULL_ROWS);
  const measures = compact ? COMPACT : width < NARROW ? CLOSE : FULL;
  const capacity = fits(measures);
  const longest = Math.max(1, atBusbar, ...cables.map(({ length }) => Math.ceil(length / Math.ceil(length / capacity))));
  const cell = Math.min(measures.most, room / longest);

  const rows = rowsOf(capacity);
  const reach = rows === 1 ? measures.first + 10 : measures.first;
  const pitch = measures.reach + HOUSE.height * measures.scale + measures.drop + measures.labels;
  const floor = (/** @type {number} */ row) => reach + HOUSE.height * measures.scale + row * pitch;

  /** By bus. @type {Spot[]} */
  const spots = [];
  const left = gridWidth + (width < NARROW ? 6 : 14);
  let row = 0;
  /** @param {number[]} chain @param {(bus: number, spot: Spot) => void} put */
  const place = (chain, put) => {
    const perRow = Math.ceil(chain.length / Math.ceil(chain.length / capacity));
    chain.forEach((bus, index) => {
      const [line, column] = [Math.floor(index / perRow), index % perRow];
      // A street that is longer than the page bends and comes back.
      const back = line % 2 === 1;
      const at = back ? perRow - 1 - column : column;
      const y = floor(row + line) + measures.drop;
      put(bus, { x: left + (at + 0.5) * cell, y, row: row + line, heading: back ? -1 : 1 });
    });
    row += Math.ceil(chain.length / perRow);
  };
  for (const chain of cables) place(chain, (bus, spot) => (spots[bus] = spot));
  /** @type {Spot[]} */
  const beside = [];
  if (atBusbar > 0) place(Array.from({ length: atBusbar }, (_, index) => index), (_, spot) => beside.push(spot));

  const grid = { x: gridWidth / 2, y: floor(0) + measures.drop };
  spots[0] = { x: gridWidth, y: grid.y, row: 0, heading: 1 };
  const homes = scene.homes.map(({ bus }) => (bus === 0 ? beside.shift() : spots[bus]) ?? spots[0]);
  return {
    width,
    height: floor(Math.max(0, rows - 1)) + measures.drop + measures.labels,
    rows,
    compact,
    roomy: cell >= FULL.cell,
    scale: measures.scale,
    reach: rows === 1 ? reach - 12 : measures.reach + 6,
    homes: homes.map(({ x, y }) => ({ x, y: y - measures.drop })),
    grid,
    gridWidth,
    lines: parents.map((parent, line) => linePath(spots, parent, line + 1, grid, cell / 2 + 6)),
  };
}

/** Radius of a bend. */
const BEND = 10;

/**
 * @param {Spot[]} spots By bus.
 * @param {number} from
 * @param {number} to
 * @param {Point} grid
 * @param {number} beyond How far beyond a home the street bends.
 */
function linePath(spots, from, to, grid, beyond) {
  const [a, b] = [spots[from], spots[to]];
  if (a.row === b.row) return path`M${a.x} ${a.y}H${b.x}`;
  // Another cable from the transformer goes down below its box first.
  if (from === 0) return path`M${grid.x} ${grid.y}V${b.y - BEND}Q${grid.x} ${b.y} ${grid.x + BEND} ${b.y}H${b.x}`;
  // Where a street comes back, its next home stands right below.
  if (Math.abs(a.x - b.x) >= 1) return path`M${a.x} ${a.y}C${a.x} ${a.y + 40} ${b.x} ${b.y - 40} ${b.x} ${b.y}`;
  const side = a.x + a.heading * beyond;
  const corner = side - a.heading * BEND;
  return path`M${a.x} ${a.y}H${corner}Q${side} ${a.y} ${side} ${a.y + BEND}V${b.y - BEND}Q${side} ${b.y} ${corner} ${b.y}H${b.x}`;
}

/** A path with lengths to a tenth. @param {TemplateStringsArray} parts @param {...number} lengths */
export function path(parts, ...lengths) {
  return parts.reduce((text, part, index) => text + round(lengths[index - 1]) + part);
}

/** @param {number} length */
const round = (length) => Math.round(length * 10) / 10;

/**
 * From roof to roof: straight up from the one and straight down on the other, the higher the further
 * they are apart.
 * @param {Layout} layout
 * @param {number} seller
 * @param {number} buyer
 */
export function arc({ homes, scale, reach, compact, width }, seller, buyer) {
  const top = (/** @type {Point} */ { x, y }) => ({ x, y: y - (HOUSE.height + 5) * scale });
  const [a, b] = [top(homes[seller]), top(homes[buyer])];
  const least = compact ? 10 : 18;
  const apart = Math.min(1, Math.hypot(a.x - b.x, a.y - b.y) / (0.85 * width));
  // Such a curve rises to three quarters of its handles.
  const rise = (least + (reach - least) * apart ** 0.7) / 0.75;
  const head = compact ? 4 : 6;
  return { d: path`M${a.x} ${a.y}C${a.x} ${a.y - rise} ${b.x} ${b.y - rise - head} ${b.x} ${b.y - head}`, tip: b };
}
