import {
  IntegrationError,
  demandOneOf,
  demandType,
  isObject,
  paymentIntentOf,
  warnOfUnknown,
} from "./mistakes.js";
import { since } from "./train.js";

const COSMETIC = ["appearance", "fonts", "locale", "loader"];
const ALWAYS = [
  ...COSMETIC,
  "customerSessionClientSecret",
  "customPaymentMethods",
  "externalPaymentMethodTypes",
  "paymentMethodCreation",
  "syncAddressCheckbox",
];
/** Accepted as at Stripe, without effect here. */
const IGNORED = [
  "adaptivePricing",
  "customPaymentMethods",
  "customerSessionClientSecret",
  "externalPaymentMethodTypes",
  "onBehalfOf",
  "on_behalf_of",
  "paymentMethodConfiguration",
  "payment_method_configuration",
];
const DEFERRED = [
  "mode",
  "amount",
  "currency",
  "captureMethod",
  "capture_method",
  "setupFutureUsage",
  "setup_future_usage",
  "onBehalfOf",
  "on_behalf_of",
  "allowedPaymentMethodTypes",
  "excludedPaymentMethodTypes",
  "paymentMethodConfiguration",
  "payment_method_configuration",
  "paymentMethodOptions",
  "payment_method_options",
  "adaptivePricing",
];

/**
 * Refuses what Stripe.js refuses in `stripe.elements(options)`.
 * @param {unknown} options
 * @returns {Record<string, any>} the same options
 */
export function checkElementsOptions(options) {
  if (options === undefined) return {};
  demandType("elements()", "options", options, "object");
  const given = /** @type {Record<string, any>} */ (options);
  refuseMethodTypes("elements()", given);
  for (const name of IGNORED)
    if (given[name] !== undefined)
      console.warn(`[Stripe.js] elements() parameter ${name} has no effect in this sandbox.`);
  checkCosmetics("elements()", given);
  if ("clientSecret" in given) checkIntentFirst(given);
  else if ("mode" in given || "amount" in given) checkDeferred("elements()", given);
  else warnOfUnknown("elements()", given, ALWAYS);
  return given;
}

/**
 * @param {unknown} changes
 * @param {Record<string, any>} current
 * @returns {Record<string, any>}
 */
export function checkElementsUpdate(changes, current) {
  demandType("elements.update()", "options", changes, "object");
  const given = /** @type {Record<string, any>} */ (changes ?? {});
  if ("clientSecret" in given)
    throw new IntegrationError("Invalid value for elements.update(): clientSecret cannot be changed.");
  refuseMethodTypes("elements.update()", given);
  checkCosmetics("elements.update()", given);
  const money = DEFERRED.filter((name) => name in given);
  if (money.length && current["clientSecret"])
    throw new IntegrationError(
      `elements.update() cannot change ${money.join(", ")} of a group that was created with a clientSecret. ` +
        "Update the PaymentIntent on your server and call elements.fetchUpdates().",
    );
  if (!current["clientSecret"] && money.length) checkDeferred("elements.update()", { ...current, ...given });
  else warnOfUnknown("elements.update()", given, [...ALWAYS, ...DEFERRED]);
  return given;
}

/**
 * Since 2026-09-30.endive the page names allowed methods with allowedPaymentMethodTypes only.
 * @param {string} where
 * @param {Record<string, any>} given
 */
function refuseMethodTypes(where, given) {
  for (const name of ["paymentMethodTypes", "payment_method_types"])
    if (name in given && since("endive"))
      throw new IntegrationError(
        `${where} no longer accepts ${name}. Use allowedPaymentMethodTypes, or leave the choice to the Dashboard.`,
      );
}

/**
 * @param {string} where
 * @param {Record<string, any>} given
 */
function checkCosmetics(where, given) {
  demandType(where, "appearance", given["appearance"], "object");
  demandType(where, "locale", given["locale"], "string");
  demandOneOf(where, "loader", given["loader"], ["auto", "always", "never"]);
  const appearance = given["appearance"];
  if (!appearance) return;
  demandOneOf(where, "appearance.theme", appearance.theme, ["stripe", "night", "flat", "none"]);
  demandOneOf(where, "appearance.labels", appearance.labels, ["auto", "above", "floating"]);
  demandOneOf(where, "appearance.inputs", appearance.inputs, ["spaced", "condensed"]);
  demandType(where, "appearance.variables", appearance.variables, "object");
  demandType(where, "appearance.rules", appearance.rules, "object");
}

/** @param {Record<string, any>} given */
function checkIntentFirst(given) {
  if ("mode" in given || "amount" in given)
    throw new IntegrationError(
      "Invalid value for elements(): pass either clientSecret or mode, amount and currency, not both.",
    );
  paymentIntentOf("elements()", given["clientSecret"]);
  warnOfUnknown("elements()", given, [...ALWAYS, "clientSecret", "currency"]);
}

/**
 * @param {string} where
 * @param {Record<string, any>} given
 */
function checkDeferred(where, given) {
  const { mode, amount, currency } = given;
  if (mode === undefined) throw new IntegrationError(`Missing value for ${where}: mode should be a string.`);
  demandOneOf(where, "mode", mode, ["payment", "setup", "subscription"]);
  if (mode !== "payment")
    throw new IntegrationError(`${where}: mode "${mode}" is not imitated by this sandbox; "payment" is.`);
  if (amount === undefined)
    throw new IntegrationError(`Missing value for ${where}: amount should be a number.`);
  if (!Number.isInteger(amount) || amount <= 0)
    throw new IntegrationError(
      `Invalid value for ${where}: amount should be a positive integer in the currency's smallest unit. ` +
        `You specified: ${JSON.stringify(amount)}.`,
    );
  if (currency === undefined)
    throw new IntegrationError(`Missing value for ${where}: currency should be a string.`);
  if (typeof currency !== "string" || !/^[a-z]{3}$/.test(currency))
    throw new IntegrationError(
      `Invalid value for ${where}: currency should be a three-letter code in lower case, for instance "sgd". ` +
        `You specified: ${JSON.stringify(currency)}.`,
    );
  demandOneOf(where, "captureMethod", captureMethod(given), ["manual", "automatic", "automatic_async"]);
  demandOneOf(where, "setupFutureUsage", futureUsage(given), [null, "off_session", "on_session"]);
  demandOneOf(where, "paymentMethodCreation", given["paymentMethodCreation"], ["manual"]);
  warnOfUnknown(where, given, [...ALWAYS, ...DEFERRED, ...(since("endive") ? [] : ["paymentMethodTypes"])]);
}

/**
 * @param {Record<string, any>} options
 * @returns {string | undefined}
 */
export function captureMethod(options) {
  return options["captureMethod"] ?? options["capture_method"];
}

/**
 * @param {Record<string, any>} options
 * @returns {string | null | undefined}
 */
export function futureUsage(options) {
  return options["setupFutureUsage"] ?? options["setup_future_usage"];
}

/**
 * What the API is told of a group without an intent, so that it can offer methods and compare later.
 * @param {Record<string, any>} options
 */
export function deferredIntent(options) {
  return {
    mode: options["mode"],
    amount: options["amount"],
    currency: options["currency"],
    capture_method: captureMethod(options),
    setup_future_usage: futureUsage(options) ?? undefined,
    ...(isObject(options["paymentMethodTypes"])
      ? {}
      : { payment_method_types: options["paymentMethodTypes"] }),
    allowed_payment_method_types: options["allowedPaymentMethodTypes"],
    excluded_payment_method_types: options["excludedPaymentMethodTypes"],
  };
}
