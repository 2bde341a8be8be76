// The total that the customer has agreed to: what the page shows, and what the Payment Element knows.

/** @import {StripeElements} from "@stripe/stripe-js" */
/** @import {Total} from "./orders.js" */

import { form } from "./checkout_page.js";

export const total = { amount: Number(form.dataset.amount), currency: form.dataset.currency ?? "" };

/**
 * Shows the new total wherever the old one stood, and tells the Payment Element.
 *
 * @param {Total} changed
 * @param {StripeElements} elements
 */
export async function takeNewTotal({ amount, text }, elements) {
  total.amount = amount;
  form.dataset.totalText = text;
  await Promise.all([elements.update({ amount }), refreshReceipt()]);
  for (const place of document.querySelectorAll("[data-total]")) place.textContent = text;
}

/** Takes the lines with their new prices from a fresh copy of this page; the old ones stay if that fails. */
async function refreshReceipt() {
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("receipt");
    // Who has chosen another currency in another tab since gets another checkout there; this one stays as it is.
    const isSame = page.getElementById("checkout")?.dataset.currency === total.currency;
    if (fresh && isSame) document.getElementById("receipt")?.replaceWith(document.adoptNode(fresh));
  } catch {
    // The total is right either way, and it is what the button says.
  }
}
