// Explanations of words: one tooltip for the page, shown on hover, focus and tap.

import { byId } from "./dom.js";

/** Pixels between a word and its explanation, and to the edge of the window. */
const GAP = 8;
/** How long the pointer may be on its way from a word to its explanation, ms. */
const GRACE = 200;

/** @param {EventTarget | null} target */
function wordOf(target) {
  const found = target instanceof Element ? target.closest("[data-tip]") : null;
  return found instanceof HTMLElement ? found : null;
}

/** Starts listening; words may come and go. */
export function installTips() {
  const tip = byId("tip");
  /** @type {HTMLElement | null} */
  let shown = null;
  let leaving = 0;

  const hide = () => {
    clearTimeout(leaving);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (tip.matches(":popover-open")) tip.hidePopover();
  };

  /** @param {HTMLElement} word */
  const show = (word) => {
    clearTimeout(leaving);
    if (word === shown) return;
    hide();
    shown = word;
    tip.textContent = word.dataset.tip ?? "";
    word.setAttribute("aria-describedby", tip.id);
    tip.showPopover();
    place(word);
  };

  /** @param {HTMLElement} word */
  const place = (word) => {
    const at = word.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(GAP, at.left), innerWidth - width - GAP);
    const below = at.bottom + GAP;
    tip.style.left = `${left}px`;
    tip.style.top = `${below + height > innerHeight ? Math.max(GAP, at.top - height - GAP) : below}px`;
  };

  document.addEventListener("pointerover", ({ target }) => {
    const word = wordOf(target);
    if (word) show(word);
    // Who reads an explanation with the pointer on it goes on reading.
    else if (target instanceof Node && tip.contains(target)) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, GRACE);
    }
  });
  // Not every browser gives the focus to a button that is tapped.
  for (const type of ["focusin", "click"]) {
    document.addEventListener(type, ({ target }) => {
      const word = wordOf(target);
      if (word) show(word);
      else hide();
    });
  }
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    // This press is for the explanation, not for a dialog around it.
    event.preventDefault();
    hide();
  });
  // Who reaches a word by keyboard makes the page scroll: the explanation goes with it.
  const follow = () => {
    if (shown && shown === document.activeElement) place(shown);
    else hide();
  };
  addEventListener("scroll", follow, { capture: true, passive: true });
}
