// Takes an attempt to pay up again where it was left: the same code, the same bank's page, no new attempt.

/** @import {StripeElementLocale} from "@stripe/stripe-js" */

import * as orders from "./orders.js";
import * as stripeJs from "./stripe_js.js";

/**
 * Lets the link to the payment form reopen what the customer was asked for, where the page offers that. When
 * it cannot be reopened the link leads where it leads.
 *
 * @param {() => Promise<void>} takeNewState  called when the attempt has ended, whichever way
 */
export function offerResuming(takeNewState) {
  const call = /** @type {HTMLAnchorElement | null} */ (document.getElementById("call"));
  if (!call?.dataset.orderUrl) return;
  let isBusy = false;
  call.addEventListener("click", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    call.setAttribute("aria-busy", "true");
    try {
      await resume(call.dataset);
      await takeNewState();
    } catch {
      location.assign(call.href);
    }
    isBusy = false;
    call.removeAttribute("aria-busy");
  });
}

/**
 * Rejects when there is nothing to resume any more, or no Stripe to resume it.
 *
 * @param {DOMStringMap} facts
 */
async function resume({ orderUrl = "", amount, publishableKey = "", locale }) {
  const construct = await stripeJs.loaded();
  const answer = await orders.openPayment(orderUrl, undefined, Number(amount));
  if (answer.kind === "already-paid") return;
  if (answer.kind !== "payable") throw new Error(answer.kind);
  const stripe = construct(publishableKey, { locale: /** @type {StripeElementLocale} */ (locale) });
  await stripe.handleNextAction({ clientSecret: answer.clientSecret });
}
