// The Payment Element: how it looks, and what the shop hears about it.

/** @import {StripeElements, StripePaymentElement} from "@stripe/stripe-js" */

import { report } from "./checkout_page.js";

/**
 * @param {StripeElements} elements
 * @returns {StripePaymentElement}
 */
export function create(elements) {
  const payment = elements.create("payment", {
    layout: { type: "accordion", defaultCollapsed: false, spacedAccordionItems: false },
    // The page asks for the e-mail itself and hands it over with the payment.
    fields: { billingDetails: { email: "never" } },
  });
  payment.once("loaderstart", () => report("loaderstart"));
  payment.once("ready", () => report("ready"));
  reportChanges(payment);
  return payment;
}

/**
 * Whether the form is empty or complete, told once per change of either.
 *
 * @param {StripePaymentElement} payment
 */
function reportChanges(payment) {
  let last = "";
  payment.on("change", ({ empty, complete }) => {
    const now = `${empty} ${complete}`;
    if (now === last) return;
    last = now;
    report("change", { empty, complete });
  });
}
