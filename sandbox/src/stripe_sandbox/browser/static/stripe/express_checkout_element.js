import { FramedElement } from "./framed_element.js";
import { showWallet } from "./wallet_sheets.js";
import { IntegrationError, demandOneOf, demandType, warnOfUnknown } from "./mistakes.js";

/** @typedef {import('./elements.js').Group} Group */
/** @typedef {import('./wallet_sheets.js').WalletPayment} WalletPayment */

const EXPRESS_CHECKOUT = {
  type: "expressCheckout",
  page: "elements-inner-express-checkout",
  title: "Secure express checkout frame",
};
const EXPRESS_OPTIONS = [
  "allowedShippingCountries",
  "applePay",
  "billingAddressRequired",
  "business",
  "buttonHeight",
  "buttonTheme",
  "buttonType",
  "emailRequired",
  "layout",
  "lineItems",
  "paymentMethodOrder",
  "paymentMethods",
  "phoneNumberRequired",
  "shippingAddressRequired",
  "shippingRates",
  "wallets",
];
/** Where the wallet's test customer lives, in a country that the shop ships to. */
const STREET = { line1: "1 Sandbox Street", line2: null, city: "Test City", state: "", postal_code: "018956" };

/** Buttons of wallets that pay without the form. This sandbox has Google Pay and Link. */
export class ExpressCheckoutElement extends FramedElement {
  /** @type {WalletPayment | undefined} */
  #card;
  /** @type {import('./wallet_sheets.js').WalletType} */
  chosen = "google_pay";

  /**
   * @param {Group} group
   * @param {unknown} options
   */
  constructor(group, options) {
    super(group, EXPRESS_CHECKOUT, checkExpressOptions("elements.create()", options));
  }

  /** @returns {import('@stripe/stripe-js').StripeExpressCheckoutElement} */
  makeFace() {
    return this.commonFace();
  }

  get expectedHeight() {
    return (this.options["buttonHeight"] ?? 44) + 8;
  }

  /** @param {unknown} options */
  checkUpdate(options) {
    return checkExpressOptions("element.update()", options);
  }

  get ownCalls() {
    return { clicked: (/** @type {typeof this.chosen} */ wallet) => void this.#pay(wallet) };
  }

  /** Whether a wallet has given a card that waits to be confirmed. */
  get hasCard() {
    return this.#card !== undefined;
  }

  /** The card serves one call. */
  takeCard() {
    const card = this.#card;
    this.#card = undefined;
    return card;
  }

  /** @param {typeof this.chosen} wallet */
  async #pay(wallet) {
    this.chosen = wallet;
    const details = await this.#answerTo("click", { expressPaymentType: wallet });
    if (!details) return;
    const wanted = { ...this.options, ...details };
    const card = await showWallet(this.group, wallet);
    const shipping = card && wanted["shippingAddressRequired"] ? await this.#ship(card, wanted) : {};
    if (!card || !shipping) {
      this.emit("cancel");
      return;
    }
    this.#card = card;
    this.emit("confirm", {
      expressPaymentType: wallet,
      billingDetails: {
        name: card.name,
        ...(wanted["emailRequired"] && { email: card.email }),
        ...(wanted["phoneNumberRequired"] && { phone: "+6560000000" }),
        address: { ...STREET, country: this.#country(wanted) },
      },
      ...shipping,
      paymentFailed: () => {
        this.#card = undefined;
      },
    });
  }

  /**
   * The page says whether it ships there and for how much; the first rate is taken.
   * @param {WalletPayment} card
   * @param {Record<string, any>} wanted
   */
  async #ship(card, wanted) {
    const address = { ...STREET, country: this.#country(wanted) };
    const { line1: _line1, line2: _line2, ...partial } = address;
    const changed = await this.#answerTo("shippingaddresschange", { name: card.name, address: partial });
    const rates = changed?.shippingRates ?? wanted["shippingRates"] ?? [];
    return changed && { shippingAddress: { name: card.name, address }, shippingRate: rates[0] };
  }

  /** @param {Record<string, any>} wanted */
  #country(wanted) {
    return wanted["allowedShippingCountries"]?.[0] ?? "SG";
  }

  /**
   * Asks the page, which answers by `resolve` or `reject`; without a listener the answer is yes.
   * @param {string} event
   * @param {Record<string, unknown>} detail
   * @returns {Promise<Record<string, any> | null>}
   */
  #answerTo(event, detail) {
    return new Promise((settle) => {
      const resolve = (/** @type {Record<string, any>} */ details = {}) => settle(details);
      if (!this.emit(event, { ...detail, resolve, reject: () => settle(null) })) settle({});
    });
  }
}

/**
 * @param {string} where
 * @param {unknown} options
 * @returns {Record<string, any>}
 */
function checkExpressOptions(where, options) {
  demandType(where, "options", options, "object");
  const given = /** @type {Record<string, any>} */ (options ?? {});
  warnOfUnknown(where, given, EXPRESS_OPTIONS);
  const height = given["buttonHeight"];
  demandType(where, "buttonHeight", height, "number");
  if (height !== undefined && (height < 40 || height > 55))
    throw new IntegrationError(`Invalid value for ${where}: buttonHeight should be between 40 and 55.`);
  demandOneOf(where, "buttonTheme.googlePay", given["buttonTheme"]?.googlePay, ["black", "white"]);
  for (const name of ["paymentMethods", "wallets"]) {
    demandType(where, name, given[name], "object");
    demandOneOf(where, `${name}.googlePay`, given[name]?.googlePay, ["auto", "always", "never"]);
  }
  for (const name of ["shippingRates", "lineItems", "allowedShippingCountries"])
    if (given[name] !== undefined && !Array.isArray(given[name]))
      throw new IntegrationError(`Invalid value for ${where}: ${name} should be an array.`);
  return given;
}
