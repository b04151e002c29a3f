// Which view is in sight: the one that the address names after its hash.

import { h } from "../ui/dom.js";
import { VIEW_IDS } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("../views/index.js").Entry} Entry
 * @typedef {import("../views/index.js").View} View
 */

/**
 * A view on the page; until its module is there, what changes is collected.
 * @typedef {{ entry: Entry, section: HTMLElement, title: HTMLElement, view: View | null, opening: boolean, changed: Set<keyof State> }} Place
 */

/** The view that an address names; the first, when it names none. @param {string} hash */
function viewOf(hash) {
  return VIEW_IDS.find((id) => `#${id}` === hash) ?? VIEW_IDS[0];
}

export class Router {
  /** @type {Map<string, Place>} */
  #places = new Map();
  #app;

  /**
   * @param {import("./app.js").App} app
   * @param {Entry[]} entries
   * @param {HTMLElement} main Where the views go.
   * @param {HTMLElement} nav Where the links to them go.
   */
  constructor(app, entries, main, nav) {
    this.#app = app;
    for (const entry of entries) {
      const title = h("h1", { id: `${entry.id}-title`, tabindex: -1 }, entry.title);
      const section = h(
        "section",
        { id: `view-${entry.id}`, class: "view", "aria-labelledby": title.id, hidden: true },
        h("div", { class: "view-head" }, title, h("p", {}, entry.lead)),
      );
      this.#places.set(entry.id, { entry, section, title, view: null, opening: false, changed: new Set() });
      nav.append(h("a", { href: `#${entry.id}` }, entry.label));
      main.append(section);
    }
    app.store.subscribe((state, changed) => this.#render(state, changed));
    addEventListener("hashchange", () => this.#turn(nav, true));
    this.#turn(nav, false);
  }

  /** Shows the view that the address names. @param {HTMLElement} nav @param {boolean} byHand */
  #turn(nav, byHand) {
    const id = viewOf(location.hash);
    for (const [other, { section }] of this.#places) section.hidden = other !== id;
    for (const link of nav.querySelectorAll("a")) {
      if (link.hash === `#${id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const place = this.#places.get(id);
    if (!place) return;
    document.title = `${place.entry.label} · Peergrid`;
    this.#app.store.set({ view: id });
    void this.#open(place);
    if (!byHand) return;
    scrollTo(0, 0);
    place.title.focus({ preventScroll: true });
  }

  /** @param {Place} place */
  async #open(place) {
    if (place.view || place.opening) return;
    place.opening = true;
    place.section.querySelector(".view-fault")?.remove();
    try {
      const created = place.entry.create(this.#app);
      place.view = created instanceof Promise ? await created : created;
    } catch (error) {
      console.error(error);
      place.section.append(this.#fault(place));
      return;
    } finally {
      place.opening = false;
    }
    place.section.append(place.view.element);
    const { state } = this.#app.store;
    place.changed = new Set(/** @type {(keyof State)[]} */ (Object.keys(state)));
    this.#render(state, new Set());
  }

  /** What stands in the place of a view that could not be loaded. @param {Place} place */
  #fault(place) {
    const again = () => {
      place.title.focus({ preventScroll: true });
      void this.#open(place);
    };
    return h(
      "div",
      { class: "notice error view-fault", role: "alert" },
      h("p", {}, `${place.entry.label} could not be loaded; all else goes on.`),
      h("div", { class: "actions" }, h("button", { type: "button", onclick: again }, "Try again")),
    );
  }

  /** @param {State} state @param {Set<keyof State>} changed */
  #render(state, changed) {
    for (const [id, place] of this.#places) {
      for (const name of changed) place.changed.add(name);
      if (id !== state.view || !place.view || place.changed.size === 0) continue;
      const since = place.changed;
      place.changed = new Set();
      place.view.render(state, since);
    }
  }
}
