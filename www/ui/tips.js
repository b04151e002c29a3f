// Explanations of terms: one tooltip for the page, shown on hover, focus and tap.

import { byId } from "./dom.js";

/** Pixels between a term and its explanation, and to the edge of the window. */
const GAP = 8;

/** @param {EventTarget | null} target */
function termOf(target) {
  const found = target instanceof Element ? target.closest("[data-tip]") : null;
  return found instanceof HTMLElement ? found : null;
}

/** Starts listening; terms may come and go. */
export function installTips() {
  const tip = byId("tip");
  /** @type {HTMLElement | null} */
  let shown = null;

  const hide = () => {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (tip.matches(":popover-open")) tip.hidePopover();
  };

  /** @param {HTMLElement} term */
  const show = (term) => {
    if (term === shown) return;
    hide();
    shown = term;
    tip.textContent = term.dataset.tip ?? "";
    term.setAttribute("aria-describedby", tip.id);
    tip.showPopover();
    const at = term.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(GAP, at.left), innerWidth - width - GAP);
    const below = at.bottom + GAP;
    tip.style.left = `${left}px`;
    tip.style.top = `${below + height > innerHeight ? Math.max(GAP, at.top - height - GAP) : below}px`;
  };

  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      const term = termOf(target);
      if (term) show(term);
      else if (type === "focusin" || (shown && shown !== document.activeElement)) hide();
    });
  }
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  addEventListener("scroll", hide, { capture: true, passive: true });
}
