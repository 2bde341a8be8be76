import { methodConfirmations } from "./confirm_method.js";
import { confirmPayment } from "./confirm_payment.js";
import { Group } from "./elements.js";
import { IntegrationError, demandType, warnOfUnknown } from "./mistakes.js";
import { refusals } from "./not_imitated.js";
import {
  createConfirmationToken,
  createPaymentMethod,
  handleNextAction,
  retrievePaymentIntent,
} from "./other_calls.js";
import { PUBLIC_URL, TRAIN } from "./train.js";

const CONSTRUCTOR_OPTIONS = ["stripeAccount", "apiVersion", "locale", "betas", "developerTools"];
const VERSION = TRAIN === "v3" ? 3 : TRAIN;

/**
 * `Stripe(publishableKey, options)`.
 * @param {string} key
 * @param {import('@stripe/stripe-js').StripeConstructorOptions} [options]
 * @returns {import('@stripe/stripe-js').Stripe}
 */
function makeStripe(key, options = {}) {
  checkKey(key);
  demandType("Stripe()", "options", options, "object");
  warnOfUnknown("Stripe()", /** @type {any} */ (options), CONSTRUCTOR_OPTIONS);
  const locale = options.locale && options.locale !== "auto" ? options.locale : navigator.language;
  const { apiVersion: version, stripeAccount: account } = options;
  const access = { base: PUBLIC_URL, key, version, account, locale };
  /** @type {unknown[]} */
  const wrappers = [];
  /** @satisfies {Partial<import('@stripe/stripe-js').Stripe>} */
  const imitated = {
    elements: (/** @type {unknown} */ given) => new Group(access, locale, given).face,
    confirmPayment: (/** @type {unknown} */ given) => /** @type {any} */ (confirmPayment(access, given)),
    retrievePaymentIntent: (/** @type {string} */ secret) => retrievePaymentIntent(access, secret),
    handleNextAction: (/** @type {unknown} */ given) => handleNextAction(access, given),
    createPaymentMethod: (/** @type {unknown} */ given) => createPaymentMethod(access, given),
    createConfirmationToken: (/** @type {unknown} */ given) => createConfirmationToken(given),
    registerAppInfo: (/** @type {unknown} */ wrapper) => void wrappers.push(wrapper),
  };
  // Read by npm's loader, and not in the published types.
  const internal = {
    _registerWrapper: (/** @type {unknown} */ wrapper) => void wrappers.push(wrapper),
    _apiKey: key,
    version: VERSION,
  };
  return { ...refusals(), ...methodConfirmations(access), ...imitated, ...internal };
}

/** @param {unknown} key */
function checkKey(key) {
  if (typeof key !== "string" || key === "")
    throw new IntegrationError("Missing value for Stripe(): apiKey should be a string.");
  if (/^(sk|rk)_/.test(key))
    throw new IntegrationError(
      "You should not use your secret key with Stripe.js. Please pass a publishable key instead.",
    );
  if (!/^pk_(test|live)_\w+$/.test(key))
    throw new IntegrationError(
      "Invalid value for Stripe(): apiKey should be a publishable key, which begins with pk_test_ or pk_live_.",
    );
}

const constructor = Object.assign(makeStripe, { version: VERSION });
window.Stripe = /** @type {import('@stripe/stripe-js').StripeConstructor} */ (constructor);
