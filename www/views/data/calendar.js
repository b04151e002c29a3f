// What each day is used for: training, validation, judgement.

import { h } from "../../ui/dom.js";
import { counted, longDate, number } from "../../ui/format.js";
import { countParts, monthName, weeks } from "./profile.js";

/** @typedef {import("../../types.d.ts").Setting} Setting */

const PARTS = /** @type {const} */ ([
  { part: "train", label: "Training", text: "the agent learns on these" },
  { part: "validation", label: "Validation", text: "choose the best agent so far" },
  { part: "held_out", label: "Held out", text: "judge all policies; no agent sees them before" },
  { part: "none", label: "Not used", text: "the first day, and what is left of a week" },
]);

const WEEKDAYS = ["Mon", "", "Wed", "", "Fri", "", "Sun"];

/** Fewer weeks than this lie between the names of two months. */
const APART = 3;

/** @param {(date: string) => void} open What happens when a held-out day is clicked. */
export function createCalendar(open) {
  const grid = h("div", { class: "calendar-grid", role: "img" });
  const scroll = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Calendar" }, grid);
  const legend = h("ul", { class: "calendar-legend" });
  grid.addEventListener("click", ({ target }) => {
    const date = target instanceof HTMLElement ? target.dataset.date : undefined;
    if (date) open(date);
  });
  return {
    element: h("div", { class: "calendar" }, scroll, legend),
    /** @param {Setting} setting */
    render({ calendar, spec, held_out }) {
      const counts = countParts(calendar);
      const known = PARTS.filter(({ part }) => counts[part] > 0);
      const days = weeks(calendar);
      const columns = days[days.length - 1].week + 1;
      grid.style.setProperty("--weeks", String(columns));
      const told = known.map(({ part, label }) => `${label.toLowerCase()} ${counted(counts[part], "day")}`).join(", ");
      grid.setAttribute("aria-label", `${longDate(calendar[0].date)} to ${longDate(calendar[calendar.length - 1].date)}: ${told}.`);
      grid.replaceChildren(...names(days), ...days.map((day) => cell(day, day.part === "held_out" ? episodeOf(held_out, day.date) : null)));
      grid.classList.toggle("is-long", columns > 60);
      const unit = spec.episode?.length === "week" ? " in whole weeks" : "";
      legend.replaceChildren(
        ...known.map(({ part, label, text }) =>
          h(
            "li",
            {},
            h("span", { class: `day ${part}`, "aria-hidden": "true" }),
            h("span", {}, h("strong", {}, `${label}: `), h("span", { "data-part": part }, number(counts[part])), ` ${counts[part] === 1 ? "day" : "days"}${unit}`),
            h("span", { class: "hint" }, text),
          ),
        ),
      );
    },
  };
}

/** The names of weekdays and months. @param {ReturnType<typeof weeks>} days */
function names(days) {
  const rows = WEEKDAYS.map((name, row) => h("span", { class: "calendar-name", style: `grid-area: ${row + 2} / 1` }, name));
  let last = -APART;
  const months = days
    .filter(({ date }) => date.endsWith("-01"))
    .filter(({ week }) => {
      const fits = week - last >= APART;
      if (fits) last = week;
      return fits;
    })
    .map(({ date, week }) =>
      h("span", { class: "calendar-name", style: `grid-area: 1 / ${week + 2} / auto / span ${APART}` }, monthName(date, days.length)),
    );
  return [...rows, ...months];
}

/** The first day of the episode that a held-out day belongs to. @param {string[]} held_out In order. @param {string} date */
function episodeOf(held_out, date) {
  return held_out.findLast((first) => first <= date) ?? null;
}

/** @param {ReturnType<typeof weeks>[number]} day @param {string | null} episode What a click opens. */
function cell({ date, part, week, weekday }, episode) {
  const label = PARTS.find((known) => known.part === (part ?? "none"))?.label.toLowerCase();
  return h("span", {
    class: `day ${part ?? "none"}`,
    title: `${longDate(date)}: ${label}${episode ? "; click to watch it" : ""}`,
    "data-date": episode,
    style: `grid-area: ${weekday + 2} / ${week + 2}`,
  });
}
