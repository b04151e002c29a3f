// The tour: five steps through the page, each beside what it speaks of. It shows by itself once, to
// who opens the page without a link to something in it.

import { h } from "./dom.js";

/** Where the browser remembers that the tour was seen. */
const SEEN = "peergrid.tour";

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} text
 * @property {string} view
 * @property {string} target Selector of what is lit.
 */

/** @type {Step[]} */
const STEPS = [
  {
    title: "A street of solar homes",
    text: "Each home has a load, most have panels and some a battery. Watch a day go by: who makes power, who needs it, what passes between neighbours, and what the grid has to bring.",
    view: "explore",
    target: "#view-explore .stage",
  },
  {
    title: "Two policies, one day",
    text: "Any policy can run the same day, and two can stand side by side: no battery, a simple rule, a plan with perfect foresight, or an agent that you have trained.",
    view: "explore",
    target: "#view-explore .choose",
  },
  {
    title: "Train an agent",
    text: "Choose what the agent is paid for and press Train. It learns here, in your browser, in a minute or two; the charts and a sentence in plain words say how it is getting on.",
    view: "train",
    target: "#view-train .transport",
  },
  {
    title: "Compare it with the others",
    text: "Every policy meets the same days, which no agent has trained on. Cost, peak import, fairness: better and worse are marked, with how sure one can be.",
    view: "compare",
    target: "#view-compare .view-head + * > *",
  },
  {
    title: "Then ask your own question",
    text: "Sweep trains over a whole range of settings. Data changes the street, its prices and what goes wrong, or takes your own file. A link or a saved file keeps it all.",
    view: "explore",
    target: "#nav",
  },
];

/** Pixels around what is lit, and between it and the card. */
const MARGIN = 8;

/** Whether this browser has never shown the tour, and the address asks for nothing else. */
export function firstVisit() {
  try {
    return location.search === "" && location.hash === "" && localStorage.getItem(SEEN) === null;
  } catch {
    // Where nothing can be remembered the tour would come each time.
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "yes");
  } catch {
    // A private window forgets it.
  }
}

/** What a step lights, if it is there. @param {Step} step */
function targetOf({ target }) {
  const found = document.querySelector(target);
  return found?.checkVisibility() ? found : null;
}

/** Shows the tour from its first step; where it began the page comes back to. */
export function startTour() {
  if (document.querySelector("dialog.tour")) return;
  remember();
  const start = location.hash;
  let at = 0;
  const light = h("div", { class: "tour-light", "aria-hidden": "true" });
  const title = h("h2", { id: "tour-title" });
  const text = h("p", {});
  const count = h("p", { class: "hint" });
  const back = h("button", { type: "button", onclick: () => show(at - 1) }, "Back");
  const next = h("button", { type: "button", class: "primary", onclick: () => (at + 1 < STEPS.length ? show(at + 1) : dialog.close()) });
  const skip = h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Skip the tour");
  const card = h(
    "div",
    { class: "tour-card" },
    h("div", { role: "status" }, title, text, count),
    h("div", { class: "actions" }, next, back, skip),
  );
  const dialog = h("dialog", { class: "tour", "aria-labelledby": title.id }, light, card);

  const place = () => {
    const target = targetOf(STEPS[at]);
    light.hidden = target === null;
    dialog.classList.toggle("is-dim", target === null);
    if (!target) {
      card.style.cssText = "";
      return;
    }
    const box = target.getBoundingClientRect();
    const top = Math.max(box.top - MARGIN, MARGIN / 2);
    const bottom = Math.min(box.bottom + MARGIN, innerHeight - MARGIN / 2);
    const left = Math.max(box.left - MARGIN, MARGIN / 2);
    const right = Math.min(box.right + MARGIN, innerWidth - MARGIN / 2);
    light.style.cssText = `top:${top}px;left:${left}px;width:${right - left}px;height:${bottom - top}px`;
    placeCard({ top, bottom, left, right });
  };

  /** Below what is lit, else above it, else beside it, else over its lower end. @param {{ [side: string]: number }} lit */
  const placeCard = ({ top, bottom, left, right }) => {
    const { width, height } = card.getBoundingClientRect();
    const below = bottom + MARGIN;
    const above = top - MARGIN - height;
    const fits = below + height <= innerHeight || above >= 0;
    const y = below + height <= innerHeight ? below : above >= 0 ? above : innerHeight - height - 2 * MARGIN;
    const x = fits || right + width + 2 * MARGIN > innerWidth ? left : right + MARGIN;
    card.style.cssText = `top:${y}px;left:${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
  };

  const show = (/** @type {number} */ step) => {
    at = Math.max(0, step);
    const { title: heading, text: words, view } = STEPS[at];
    title.textContent = heading;
    text.textContent = words;
    count.textContent = `${at + 1} of ${STEPS.length}`;
    back.hidden = at === 0;
    next.textContent = at + 1 < STEPS.length ? "Next" : "Start exploring";
    skip.hidden = at + 1 === STEPS.length;
    if (location.hash !== `#${view}` && !(location.hash === "" && view === "explore")) location.hash = view;
    next.focus();
    place();
    // A view that is opened for the first time is not there at once.
    const views = document.getElementById("views");
    watching?.disconnect();
    if (!views) return;
    watching = new ResizeObserver(() => {
      targetOf(STEPS[at])?.scrollIntoView({ block: "nearest", behavior: "instant" });
      place();
    });
    watching.observe(views);
  };
  /** @type {ResizeObserver | undefined} */
  let watching;

  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight" && at + 1 < STEPS.length) show(at + 1);
    else if (key === "ArrowLeft" && at > 0) show(at - 1);
  });
  dialog.addEventListener("close", () => {
    watching?.disconnect();
    removeEventListener("resize", place);
    removeEventListener("scroll", place);
    dialog.remove();
    if (location.hash !== start) location.hash = start || "explore";
    if (start === "") history.replaceState(null, "", location.pathname + location.search);
  });
  addEventListener("resize", place);
  addEventListener("scroll", place, { passive: true });
  document.body.append(dialog);
  dialog.showModal();
  show(0);
}
