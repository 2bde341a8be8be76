import { askApi } from "../api.js";
import {
  captureMethod,
  checkElementsOptions,
  checkElementsUpdate,
  deferredIntent,
  futureUsage,
} from "./elements_options.js";
import { Listeners } from "./listeners.js";
import { ExpressCheckoutElement } from "./express_checkout_element.js";
import { finished, isFinished } from "./finished_intent.js";
import { sheetClosed, showWallet } from "./wallet_sheets.js";
import { IntegrationError } from "./mistakes.js";
import { AddressElement } from "./address_element.js";
import { LinkAuthenticationElement } from "./link_authentication_element.js";
import { PaymentElement } from "./payment_element.js";
import { since } from "./train.js";

/** @typedef {import('@stripe/stripe-js').StripeElements} StripeElements */
/** @typedef {import('../api.js').Answer} Answer */

/** @type {WeakMap<object, Group>} what stands behind the object that the page holds */
const groups = new WeakMap();

const NOT_IMITATED = [
  "auBankAccount",
  "contactDetails",
  "currencySelector",
  "iban",
  "card",
  "cardNumber",
  "cardExpiry",
  "cardCvc",
  "paymentMethodMessaging",
  "shippingAddress",
  "taxId",
  "terms",
];

/** @typedef {import('./framed_element.js').FramedElement} FramedElement */

/** @type {Record<string, new (group: Group, options: unknown) => FramedElement>} */
const KINDS = {
  payment: PaymentElement,
  address: AddressElement,
  linkAuthentication: LinkAuthenticationElement,
  expressCheckout: ExpressCheckoutElement,
};

/** One `stripe.elements()`: the elements made from it and what they are to charge. */
export class Group {
  #listeners = new Listeners();
  /** @type {FramedElement[]} */
  #elements = [];
  /** @type {import('./wallet_sheets.js').WalletPayment | undefined} */
  #walletCard;
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
      billingElsewhere: this.#find("address", "billing") !== null,
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

  /** @param {FramedElement} element */
  forget(element) {
    this.#elements = this.#elements.filter((other) => other !== element);
    this.#addressesChanged(element.kind.type);
  }

  /** The Element that pays. */
  get payment() {
    return this.#find("payment");
  }

  /** The wallets' buttons, which pay without the form. */
  get express() {
    const found = this.#find("expressCheckout");
    return found instanceof ExpressCheckoutElement ? found : null;
  }

  /** Whether there is something on the page to pay with. */
  get canPay() {
    return Boolean(this.payment?.isMounted || this.express?.isMounted);
  }

  /** The card that the wallet gave when the form was submitted; each serves one call. */
  takeWalletCard() {
    const card = this.#walletCard;
    this.#walletCard = undefined;
    return card;
  }

  /** What the other Elements add to a confirmation; what the page itself gives goes before it. */
  contact() {
    /** @type {{shipping?: any, billing_details?: any}} */
    const found = {};
    for (const element of this.#elements) element.addTo(found);
    return found;
  }

  /**
   * @param {string} type
   * @param {string} [mode]  of Address Elements, of which there may be one for each
   */
  #find(type, mode) {
    const fits = (/** @type {FramedElement} */ element) =>
      element.kind.type === type && (mode === undefined || element.options["mode"] === mode);
    return this.#elements.find(fits) ?? null;
  }

  /** @returns {StripeElements} */
  #makeFace() {
    return {
      create: (/** @type {string} */ type, /** @type {unknown} */ options) =>
        /** @type {any} */ (this.#create(type, options)),
      getElement: (/** @type {string} */ type, /** @type {{mode?: string}} */ which = {}) =>
        /** @type {any} */ (this.#find(type, which.mode)?.face ?? null),
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
        `elements.create("${type}"): this sandbox does not imitate that Element. It imitates ${Object.keys(KINDS).join(", ")}.`,
      );
    const Kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (!Kind)
      throw new IntegrationError(`A valid Element name must be provided. You specified: ${String(type)}.`);
    if (["payment", "expressCheckout"].includes(type) && this.isDeferred && !this.options["mode"])
      throw new IntegrationError(
        `elements.create("${type}"): pass a clientSecret, or mode, amount and currency, to elements() first.`,
      );
    const element = new Kind(this, options);
    if (this.#find(type, element.options["mode"]))
      throw new IntegrationError(
        `Can only create one Element of type ${type} through one elements() instance.`,
      );
    this.#elements.push(element);
    this.#addressesChanged(type);
    return element.face;
  }

  /**
   * The card form asks for country and postal code unless an Address Element does.
   * @param {string} type  of the Element that came or went
   */
  #addressesChanged(type) {
    if (type === "address") this.payment?.refresh().catch(() => undefined);
  }

  /** @param {unknown} changes */
  async #update(changes) {
    const given = checkElementsUpdate(changes, this.options);
    this.options = { ...this.options, ...given };
    const reload = Object.keys(given).some((name) => !["appearance", "fonts", "locale"].includes(name));
    if (reload && this.isDeferred) this.#session = this.#loadSession();
    await this.#refresh();
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
    await this.#refresh();
    return {};
  }

  #refresh() {
    return Promise.all(this.#elements.map((element) => element.refresh()));
  }

  async #submit() {
    this.submitted = false;
    if (!this.canPay)
      throw new IntegrationError(
        "elements.submit() needs a mounted Payment Element or Express Checkout Element.",
      );
    const { error: unloaded } = await this.#session;
    if (unloaded) return { error: unloaded };
    const express = this.express?.hasCard || !this.payment?.isMounted;
    const answers = [express ? { selectedPaymentMethod: this.express?.chosen } : await this.payment?.ask("submit")];
    for (const element of this.#elements)
      if (element !== this.payment && element.isMounted) answers.push(await element.ask("submit"));
    let result = answers.find((answer) => answer.error) ?? answers[0];
    if (!express && result.selectedPaymentMethod === "google_pay") {
      this.#walletCard = await showWallet(this);
      if (!this.#walletCard) result = sheetClosed("google_pay");
    }
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
  if (!group.canPay)
    throw new IntegrationError(
      `Invalid value for ${where}: elements should have a mounted Payment Element or Express Checkout Element.`,
    );
  return group;
}
