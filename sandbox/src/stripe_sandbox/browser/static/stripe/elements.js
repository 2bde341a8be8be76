import { askApi } from "../api.js";
import {
  captureMethod,
  checkElementsOptions,
  checkElementsUpdate,
  deferredIntent,
  futureUsage,
} from "./elements_options.js";
import { Listeners } from "./listeners.js";
import { IntegrationError } from "./mistakes.js";
import { PaymentElement } from "./payment_element.js";
import { since } from "./train.js";

/** @typedef {import('@stripe/stripe-js').StripeElements} StripeElements */
/** @typedef {import('../api.js').Answer} Answer */

/** @type {WeakMap<object, Group>} what stands behind the object that the page holds */
const groups = new WeakMap();

const FINISHED = ["succeeded", "canceled", "processing", "requires_capture"];
const NOT_IMITATED = [
  "address",
  "auBankAccount",
  "contactDetails",
  "currencySelector",
  "expressCheckout",
  "iban",
  "card",
  "cardNumber",
  "cardExpiry",
  "cardCvc",
  "linkAuthentication",
  "paymentMethodMessaging",
  "shippingAddress",
  "taxId",
  "terms",
];

/** One `stripe.elements()`: the elements made from it and what they are to charge. */
export class Group {
  #listeners = new Listeners();
  /** @type {PaymentElement | null} */
  payment = null;
  /** Whether the form was checked by elements.submit() since it last failed the check. */
  submitted = false;

  /**
   * @param {import('../api.js').Access} access
   * @param {string} locale
   * @param {unknown} options
   */
  constructor(access, locale, options) {
    this.access = access;
    this.locale = locale;
    this.options = checkElementsOptions(options);
    this.#session = this.#loadSession();
    /** @type {StripeElements} */
    this.face = this.#makeFace();
    groups.set(this.face, this);
  }

  /** @type {Promise<Answer>} */
  #session;

  /** What the account offers for this payment, or why nothing can be offered. */
  session() {
    return this.#session;
  }

  get isDeferred() {
    return !this.options["clientSecret"];
  }

  /** What a form needs to know of the group. */
  configuration() {
    const { appearance, fonts, locale } = this.options;
    return {
      access: this.access,
      appearance: appearance ?? {},
      fonts: fonts ?? [],
      locale: locale && locale !== "auto" ? locale : this.locale,
      futureUsage: futureUsage(this.options) ?? null,
      asksPostalCodeAbroad: !since("clover"),
      collapsesByDefault: since("basil"),
      defaultLayout: since("basil") ? "accordion" : "tabs",
    };
  }

  /** What the intent is compared with when a group without an intent is confirmed. */
  context() {
    if (!this.isDeferred) return undefined;
    return {
      mode: this.options["mode"],
      amount: this.options["amount"],
      currency: this.options["currency"],
      capture_method: captureMethod(this.options),
      setup_future_usage: futureUsage(this.options) ?? undefined,
    };
  }

  /** @param {PaymentElement} element */
  forget(element) {
    if (this.payment === element) this.payment = null;
  }

  /** @returns {StripeElements} */
  #makeFace() {
    return {
      create: (/** @type {string} */ type, /** @type {unknown} */ options) =>
        /** @type {any} */ (this.#create(type, options)),
      getElement: (/** @type {string} */ type) =>
        /** @type {any} */ (type === "payment" ? (this.payment?.face ?? null) : null),
      update: (changes) => this.#update(changes),
      fetchUpdates: () => this.#fetchUpdates(),
      submit: () => this.#submit(),
      on: (event, handler) => this.#listeners.add(event, handler),
    };
  }

  /**
   * @param {string} type
   * @param {unknown} options
   */
  #create(type, options) {
    if (type === "paymentRequestButton" && since("endive"))
      throw new IntegrationError('elements.create("paymentRequestButton") is no longer supported.');
    if (NOT_IMITATED.includes(type))
      throw new IntegrationError(
        `elements.create("${type}"): this sandbox does not imitate that Element. It imitates "payment".`,
      );
    if (type !== "payment")
      throw new IntegrationError(`A valid Element name must be provided. You specified: ${String(type)}.`);
    if (this.isDeferred && !this.options["mode"])
      throw new IntegrationError(
        'elements.create("payment"): pass a clientSecret, or mode, amount and currency, to elements() first.',
      );
    if (this.payment)
      throw new IntegrationError(
        "Can only create one Element of type payment through one elements() instance.",
      );
    this.payment = new PaymentElement(this, options);
    return this.payment.face;
  }

  /** @param {unknown} changes */
  async #update(changes) {
    const given = checkElementsUpdate(changes, this.options);
    const appearance = given["appearance"];
    this.options = { ...this.options, ...given };
    const reload = Object.keys(given).some((name) => !["appearance", "fonts", "locale"].includes(name));
    if (reload && this.isDeferred) this.#session = this.#loadSession();
    if (appearance || given["fonts"] || given["locale"] || reload) await this.payment?.refresh();
    this.#listeners.emit("update-end");
  }

  async #fetchUpdates() {
    if (this.isDeferred)
      throw new IntegrationError(
        "elements.fetchUpdates() needs a group that was created with a clientSecret.",
      );
    this.#session = this.#loadSession();
    const { error } = await this.#session;
    if (error) return { error: { message: error.message ?? "", status: error.code } };
    await this.payment?.refresh();
    return {};
  }

  async #submit() {
    this.submitted = false;
    if (!this.payment?.isMounted)
      throw new IntegrationError(
        "elements.submit() needs a mounted Payment Element or Express Checkout Element.",
      );
    const { error: unloaded } = await this.#session;
    if (unloaded) return { error: unloaded };
    const result = await this.payment.ask("submit");
    this.submitted = !result.error;
    return result;
  }

  /** @returns {Promise<Answer>} */
  async #loadSession() {
    const { clientSecret, mode, locale } = this.options;
    if (!clientSecret && !mode) return { value: null };
    const about = clientSecret
      ? { type: "payment_intent", client_secret: clientSecret }
      : { type: "deferred_intent", deferred_intent: deferredIntent(this.options) };
    const answer = await askApi(this.access, "GET", "/v1/elements/sessions", {
      ...about,
      locale: locale ?? this.locale,
    });
    const intent = answer.value?.payment_intent;
    return intent && isFinished(intent) ? { error: finished(intent) } : answer;
  }
}

/**
 * @param {string} where
 * @param {unknown} elements  what the page passed
 * @returns {Group}
 */
export function groupOf(where, elements) {
  const group = typeof elements === "object" && elements !== null ? groups.get(elements) : undefined;
  if (!group)
    throw new IntegrationError(
      `Invalid value for ${where}: elements should be an object made by stripe.elements().`,
    );
  if (!group.payment?.isMounted)
    throw new IntegrationError(
      `Invalid value for ${where}: elements should have a mounted Payment Element or Express Checkout Element.`,
    );
  return group;
}

/**
 * Since 2025-09-30.clover the form of an intent that can take no more payment is not shown.
 * @param {any} intent
 */
function isFinished(intent) {
  return since("clover") && FINISHED.includes(intent.status);
}

/**
 * @param {any} intent
 * @returns {import('@stripe/stripe-js').StripeError}
 */
function finished(intent) {
  return {
    type: "validation_error",
    code: "payment_intent_unexpected_state",
    message:
      `The client secret belongs to a PaymentIntent with a status of ${intent.status}, which can take no further ` +
      "payment. Create a new PaymentIntent, or show the customer what became of this one.",
    payment_intent: intent,
  };
}
