// Confirms the payment with Stripe, and says what came of it when that is not "paid".

/** @import {Stripe, StripeElements, StripeError} from "@stripe/stripe-js" */
/** @import {Payable} from "./orders.js" */

import { customerEmail, report } from "./checkout_page.js";
import * as message from "./message.js";
import { underOrderAddress } from "./underway.js";
import { say } from "./words.js";

const FINISHED = new Set(["succeeded", "processing", "requires_capture"]);

/**
 * @param {Stripe} stripe
 * @param {StripeElements} elements
 * @param {Payable} order
 * @returns {Promise<boolean>}  whether the browser is leaving for the order page
 */
export async function confirm(stripe, elements, { clientSecret, returnUrl, orderUrl }) {
  const { error } = await underOrderAddress(orderUrl, () =>
    stripe.confirmPayment({
      elements,
      clientSecret,
      confirmParams: {
        return_url: returnUrl,
        payment_method_data: { billing_details: { email: customerEmail() } },
      },
      redirect: "if_required",
    }),
  );
  if (!error || FINISHED.has(error.payment_intent?.status ?? "")) return leaveFor(orderUrl);
  report("declined", { type: error.type, code: error.code ?? "" });
  if (error.type === "card_error" || error.type === "validation_error") showDecline(error);
  else if (error.code === "payment_intent_authentication_failure") showNotAuthenticated();
  else await showUnclear(stripe, clientSecret, orderUrl);
  return false;
}

/** @param {string} orderUrl */
function leaveFor(orderUrl) {
  location.assign(orderUrl);
  return true;
}

/**
 * Stripe's words for what the customer can mend; they are written for customers and in their language.
 *
 * @param {StripeError} error
 */
export function showDecline(error) {
  const words = error.message || say("refused");
  message.show(error.type === "card_error" ? say("declined", { reason: words }) : words);
}

/** The bank's window was closed, refused, or ran out of time. */
function showNotAuthenticated() {
  message.show(say("not-authenticated"));
}

/**
 * The answer to a payment was lost or makes no sense. Whether money moved is Stripe's to say, so ask.
 *
 * @param {Stripe} stripe
 * @param {string} clientSecret
 * @param {string} orderUrl
 */
async function showUnclear(stripe, clientSecret, orderUrl) {
  const { paymentIntent } = await stripe.retrievePaymentIntent(clientSecret);
  if (paymentIntent && FINISHED.has(paymentIntent.status)) {
    leaveFor(orderUrl);
  } else if (paymentIntent) {
    message.show(say("not-completed"));
  } else {
    message.show(say("unclear"), { link: { words: say("see-order"), href: orderUrl } });
  }
}
