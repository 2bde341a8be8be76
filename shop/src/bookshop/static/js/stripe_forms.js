// Mounts Stripe's two forms, the address and the payment, in deferred mode: they are there at once, and nothing
// exists at Stripe for somebody who only looks. The space they need is kept while they load.

/** @import {Stripe, StripeAddressElement, StripeElements, StripePaymentElement} from "@stripe/stripe-js" */

import * as addressForm from "./address_form.js";
import { appearance, follow } from "./appearance.js";
import * as paymentForm from "./payment_form.js";
import { say } from "./words.js";

const PATIENCE = 30_000; // milliseconds from mounting to "ready"

/** @typedef {{amount: number, currency: string}} Price  amount in minor units of the currency */

/**
 * Mounts the forms and resolves when they can be used. Rejects when one of them cannot be loaded.
 *
 * @param {Stripe} stripe
 * @param {Price} price
 * @returns {Promise<StripeElements>}
 */
export async function mount(stripe, price) {
  const elements = stripe.elements({ mode: "payment", ...price, appearance: appearance(), loader: "never" });
  const address = addressForm.create(elements);
  const payment = paymentForm.create(elements);
  follow(elements);
  try {
    await Promise.all([mounted(address, "#address-element"), mounted(payment, "#payment-element")]);
  } catch (error) {
    address.destroy();
    payment.destroy();
    throw error;
  }
  return elements;
}

/**
 * @param {StripeAddressElement | StripePaymentElement} form
 * @param {string} place
 * @returns {Promise<void>}
 */
function mounted(form, place) {
  // The two types' overloads of `on` do not add up to one that can be called.
  const element = /** @type {StripePaymentElement} */ (form);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timeout")), PATIENCE);
    element.once("ready", () => {
      clearTimeout(timer);
      element.off("loaderror"); // A form that works stays, whatever it misses later.
      resolve();
    });
    element.once("loaderror", ({ error }) => {
      clearTimeout(timer);
      reject(new Error(error.type));
    });
    element.mount(place);
  });
}

/**
 * Shows the forms, the skeletons that keep their place, or neither.
 *
 * @param {"loading" | "ready" | "failed"} state
 */
export function showState(state) {
  const status = /** @type {HTMLElement} */ (document.getElementById("payment-status"));
  for (const space of document.querySelectorAll(".form-space")) space.setAttribute("data-state", state);
  status.textContent = { loading: say("form-loading"), ready: say("form-ready"), failed: "" }[state];
}
