// Mounts the Payment Element in deferred mode: the form is there at once, and nothing exists at Stripe for
// somebody who only looks. The space it needs is kept while it loads.

/** @import {Stripe, StripeElements} from "@stripe/stripe-js" */

import { appearance, follow } from "./appearance.js";
import { say } from "./words.js";

const PATIENCE = 30_000; // milliseconds from mounting to "ready"

/**
 * @typedef {{amount: number, currency: string}} Price  amount in minor units of the currency
 * @typedef {(name: string, detail?: Record<string, string | number | boolean>) => void} Note
 */

/**
 * Mounts the form and resolves when it can be used. Rejects when it cannot be loaded.
 *
 * @param {Stripe} stripe
 * @param {Price} price
 * @param {Note} note
 * @returns {Promise<StripeElements>}
 */
export function mount(stripe, price, note) {
  const elements = stripe.elements({ mode: "payment", ...price, appearance: appearance(), loader: "never" });
  const payment = elements.create("payment", {
    layout: { type: "accordion", defaultCollapsed: false, spacedAccordionItems: false },
    // The page asks for the e-mail itself and hands it over with the payment.
    fields: { billingDetails: { email: "never" } },
  });
  follow(elements);
  noteChanges(payment, note);
  return new Promise((resolve, reject) => {
    /** @param {string} reason */
    const fail = (reason) => {
      clearTimeout(timer);
      payment.destroy();
      reject(new Error(reason));
    };
    const timer = setTimeout(fail, PATIENCE, "timeout");
    payment.once("loaderstart", () => note("loaderstart"));
    payment.once("ready", () => {
      clearTimeout(timer);
      payment.off("loaderror"); // A form that works stays, whatever it misses later.
      note("ready");
      resolve(elements);
    });
    payment.once("loaderror", ({ error }) => fail(error.type));
    payment.mount("#payment-element");
  });
}

/**
 * Shows the form, the skeleton that keeps its place, or neither.
 *
 * @param {"loading" | "ready" | "failed"} state
 */
export function showState(state) {
  const space = /** @type {HTMLElement} */ (document.querySelector(".payment-space"));
  const status = /** @type {HTMLElement} */ (document.getElementById("payment-status"));
  space.dataset.state = state;
  status.textContent = { loading: say("form-loading"), ready: say("form-ready"), failed: "" }[state];
}

/**
 * Whether the form is empty or complete, told once per change of either.
 *
 * @param {import("@stripe/stripe-js").StripePaymentElement} payment
 * @param {Note} note
 */
function noteChanges(payment, note) {
  let last = "";
  payment.on("change", ({ empty, complete }) => {
    const now = `${empty} ${complete}`;
    if (now === last) return;
    last = now;
    note("change", { empty, complete });
  });
}
