// Tells the shop how the payment form fares, so that a form that fails to load is seen by somebody.
// Never an address, a card detail, a secret or a customer's word: names, milliseconds and small facts only.

/**
 * @typedef {Record<string, string | number | boolean>} Detail
 * @typedef {{name: string, checkout_key: string, milliseconds: number, detail: Detail}} BrowserEvent
 */

const ADDRESS = "/browser-events";
const MOST_WAITING = 20;
const PAUSE = 2000; // milliseconds between an event and its sending, so that a burst is one request

/** @type {BrowserEvent[]} */
let waiting = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Notes one event; it is sent soon, and at the latest when the page is hidden or left.
 *
 * @param {string} checkoutKey
 * @param {string} name
 * @param {Detail} [detail]
 */
export function note(checkoutKey, name, detail = {}) {
  if (waiting.length >= MOST_WAITING) return;
  waiting.push({ name, checkout_key: checkoutKey, milliseconds: Math.round(performance.now()), detail });
  timer ??= setTimeout(send, PAUSE);
}

function send() {
  clearTimeout(timer);
  timer = undefined;
  if (waiting.length === 0) return;
  const body = JSON.stringify({ events: waiting });
  waiting = [];
  // keepalive lets the request outlive the page; a lost report is no reason to trouble anybody.
  fetch(ADDRESS, { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true }).catch(
    () => {},
  );
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") send();
});
addEventListener("pagehide", send);
