// The views of the page, in the order of the navigation. Each is a folder here; its module is loaded
// when it is first opened.

import { createExplore } from "./explore/explore.js";

/**
 * What every view is: an element, and a function that brings it up to date. It is called only while the
 * view is in sight, with all that changed since it was last called.
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(state: import("../app/state.js").State, changed: Set<keyof import("../app/state.js").State>) => void} render
 */

/**
 * @typedef {object} Entry
 * @property {import("../app/state.js").ViewId} id Also the address after the hash.
 * @property {string} label In the navigation.
 * @property {string} title
 * @property {string} lead What the view is for, in a sentence.
 * @property {(app: import("../app/app.js").App) => View | Promise<View>} create
 */

/** @type {Entry[]} */
export const VIEWS = [
  {
    id: "explore",
    label: "Explore",
    title: "A street of solar homes that trade with each other",
    lead: "Watch a day the agent has not trained on: who makes power, who needs it, what passes between neighbours, and what the grid still has to bring.",
    create: createExplore,
  },
  {
    id: "train",
    label: "Train",
    title: "Train",
    lead: "The agent plays day after day of the training set and keeps what pays.",
    create: async (app) => (await import("./train/train.js")).createTrain(app),
  },
  {
    id: "compare",
    label: "Compare",
    title: "Compare",
    lead: "Every policy on the same held-out days, from the same start.",
    create: async (app) => (await import("./compare/compare.js")).createCompare(app),
  },
  {
    id: "sweep",
    label: "Sweep",
    title: "Sweep",
    lead: "The same training with other weights, prices, batteries or markets: which choice pays, and what is chance.",
    create: async (app) => (await import("./sweep/sweep.js")).createSweep(app),
  },
  {
    id: "data",
    label: "Data",
    title: "Data and street",
    lead: "What each home uses and what its panels make, hour by hour; prices, cables and what may go wrong.",
    create: async (app) => (await import("./data/data.js")).createData(app),
  },
];
