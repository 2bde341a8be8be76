import { askApi } from "../api.js";
import { showChallenge } from "./challenge_overlay.js";
import { paymentIntentOf } from "./mistakes.js";

/** @typedef {import('../api.js').Access} Access */
/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */

const NOT_AUTHENTICATED =
  "We are unable to authenticate your payment method. Please choose a different payment method and try again.";

/**
 * Does what an intent in `requires_action` asks of the customer.
 * @param {Access} access
 * @param {any} intent
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
export async function performNextAction(access, intent, clientSecret) {
  if (intent.status !== "requires_action") return { paymentIntent: intent };
  const action = intent.next_action;
  if (action.type === "use_stripe_sdk") return authenticate(access, action.use_stripe_sdk, clientSecret);
  if (action.type === "redirect_to_url") {
    window.location.assign(action.redirect_to_url.url);
    return new Promise(() => undefined);
  }
  return {
    error: { type: "api_error", message: `The next action ${action.type} is not imitated by this sandbox.` },
  };
}

/**
 * @param {Access} access
 * @param {string} clientSecret
 * @returns {Promise<import('../api.js').Answer>}
 */
export function retrieveIntent(access, clientSecret) {
  const id = paymentIntentOf("stripe.retrievePaymentIntent()", clientSecret);
  return askApi(access, "GET", `/v1/payment_intents/${id}`, { client_secret: clientSecret });
}

/**
 * 3-D Secure 2: ask the card's bank, and show its challenge when it wants to see the customer.
 * @param {Access} access
 * @param {{three_d_secure_2_source: string}} action
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
async function authenticate(access, action, clientSecret) {
  const source = action.three_d_secure_2_source;
  const asked = await askApi(access, "POST", "/v1/3ds2/authenticate", { source });
  if (asked.error) return { error: asked.error };
  if (asked.value.state === "challenge_required") {
    await showChallenge(asked.value.ares.acsURL);
    await askApi(access, "POST", "/v1/3ds2/challenge_complete", { source });
  }
  const { value: intent, error } = await retrieveIntent(access, clientSecret);
  if (error) return { error };
  return intent.status === "requires_payment_method"
    ? { error: failureOf(intent) }
    : { paymentIntent: intent };
}

/**
 * @param {any} intent
 * @returns {import('@stripe/stripe-js').StripeError}
 */
function failureOf(intent) {
  const failure = intent.last_payment_error;
  const unauthenticated = failure?.code === "payment_intent_authentication_failure";
  return { ...failure, ...(unauthenticated && { message: NOT_AUTHENTICATED }), payment_intent: intent };
}
