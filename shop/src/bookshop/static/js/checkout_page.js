// What the checkout page was given by its template, and who is asked for an answer.

import { note } from "./browser_events.js";

export const form = /** @type {HTMLFormElement} */ (document.getElementById("checkout"));
export const emailField = /** @type {HTMLInputElement | null} */ (document.getElementById("email"));

/** The key of this checkout; a cart that has changed after it was ordered gets another one. */
export function checkoutKey() {
  return form.dataset.checkoutKey ?? "";
}

/** The books as the shop's doors take them. */
export function items() {
  return JSON.parse(form.dataset.items ?? "[]");
}

export function customerEmail() {
  return (emailField?.value ?? document.getElementById("known-email")?.textContent ?? "").trim();
}

/**
 * Tells the shop how this checkout fares.
 *
 * @param {string} name
 * @param {Record<string, string | number | boolean>} [detail]
 */
export function report(name, detail) {
  note(checkoutKey(), name, detail);
}
