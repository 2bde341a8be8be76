// The total that the customer has agreed to: what the page shows, and what the Payment Element knows.

/** @import {StripeElements} from "@stripe/stripe-js" */
/** @import {Total} from "./orders.js" */

import { form } from "./checkout_page.js";
import { pageOf } from "./fetched_page.js";
import { say } from "./words.js";

export const total = { amount: Number(form.dataset.amount), currency: form.dataset.currency ?? "" };

/**
 * Shows the new total and what shipping is of it wherever they stand, and tells the Payment Element.
 *
 * @param {Total} changed
 * @param {Total} shipping
 * @param {StripeElements} elements
 * @param {{refresh: boolean}} options  whether the lines have new prices too
 */
export async function takeNewTotal({ amount, text }, shipping, elements, { refresh }) {
  const hasChanged = amount !== total.amount;
  total.amount = amount;
  await Promise.all([hasChanged && elements.update({ amount }), refresh && refreshReceipt()]);
  write("[data-total]", text);
  write("[data-shipping]", shipping.amount === 0 ? say("free") : shipping.text);
}

/**
 * Becomes the page of the cart as it is now, all but what the customer has typed. What shipping costs now has
 * to be asked after it.
 *
 * @param {string} address  the checkout's, without a key
 * @param {StripeElements} elements
 * @returns {Promise<boolean>}  whether there is anything to pay
 */
export async function takeNewCart(address, elements) {
  const response = await fetch(address);
  const page = await pageOf(response);
  const fresh = page.getElementById("checkout");
  if (!response.ok || !fresh) return false;
  history.replaceState(null, "", response.url);
  for (const name of ["checkoutKey", "items", "subtotal"]) form.dataset[name] = fresh.dataset[name];
  total.amount = Number(fresh.dataset.amount);
  total.currency = fresh.dataset.currency ?? "";
  await elements.update(total);
  takeReceipt(page);
  write("[data-total]", page.querySelector("[data-total]")?.textContent ?? "");
  return true;
}

/** Takes the lines with their new prices from a fresh copy of this page; the old ones stay if that fails. */
async function refreshReceipt() {
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = await pageOf(response);
    // Who has chosen another currency in another tab since gets another checkout there; this one stays as it is.
    const isSame = page.getElementById("checkout")?.dataset.currency === total.currency;
    if (isSame) takeReceipt(page);
  } catch {
    // The total is right either way, and it is what the button says.
  }
}

/** @param {Document} page  a fresh copy of this one */
function takeReceipt(page) {
  const fresh = page.getElementById("receipt");
  if (fresh) document.getElementById("receipt")?.replaceWith(document.adoptNode(fresh));
}

/**
 * @param {string} places  a selector
 * @param {string} words
 */
function write(places, words) {
  for (const place of document.querySelectorAll(places)) place.textContent = words;
}
