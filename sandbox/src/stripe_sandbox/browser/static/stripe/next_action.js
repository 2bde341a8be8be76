import { askApi } from "../api.js";
import { showChallenge } from "./challenge_overlay.js";
import { resultOf, retrieveIntent } from "./intents.js";
import { QR_CODES, showQrCode } from "./qr_code.js";

/** @typedef {import('../api.js').Access & {locale?: string}} Access */
/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */

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
  if (action.use_stripe_sdk?.type === "intent_confirmation_challenge") {
    return solveCaptcha(access, action.use_stripe_sdk.stripe_js, clientSecret);
  }
  if (action.type === "use_stripe_sdk") return authenticate(access, action.use_stripe_sdk, clientSecret);
  if (action.type in QR_CODES) return showQrCode(access, intent, clientSecret);
  const away = action.redirect_to_url ?? action.alipay_handle_redirect;
  if (away) {
    window.location.assign(away.url);
    return new Promise(() => undefined);
  }
  return {
    error: { type: "api_error", message: `The next action ${action.type} is not imitated by this sandbox.` },
  };
}

/**
 * Stripe's own challenge: is the customer human?
 * @param {Access} access
 * @param {{verification_url: string}} challenge
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
async function solveCaptcha(access, challenge, clientSecret) {
  await showChallenge(challenge.verification_url);
  const { value: intent, error } = await retrieveIntent(access, clientSecret);
  return error ? { error } : resultOf(intent);
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
  return error ? { error } : resultOf(intent);
}
