/** Which tabs find room; the others are chosen from a list at the end of the row. */

/** Widths in pixels: a tab's least, the gap between tabs, the list's button. */
const TAB = 110;
const GAP = 8;
const MENU = 52;

/**
 * @param {number} width  of the row, in pixels
 * @param {number} count  of all tabs
 * @returns {number} how many tabs are shown, at least one
 */
export function tabsThatFit(width, count) {
  const fitting = (/** @type {number} */ room) => Math.floor((room + GAP) / (TAB + GAP));
  return fitting(width) >= count ? count : Math.max(1, fitting(width - MENU - GAP));
}

/**
 * Keeps the first tabs, and the chosen one in the place of the last of them.
 * @template T
 * @param {readonly T[]} all
 * @param {T | null} chosen
 * @param {number} room
 * @returns {{shown: T[], left: T[]}}
 */
export function splitTabs(all, chosen, room) {
  const first = all.slice(0, room);
  const shown = chosen && !first.includes(chosen) ? [...first.slice(0, room - 1), chosen] : first;
  return { shown, left: all.filter((one) => !shown.includes(one)) };
}
