import { BillingAddress } from "./billing_address.js";
import {
  SHOWN_BRANDS,
  brandOf,
  cardNumberFault,
  digitsOf,
  formatCardNumber,
  isFullLength,
} from "./card_brands.js";
import { expiryDigits, expiryFault, formatExpiry, readExpiry } from "./expiry.js";
import { makeField, makeIcon } from "./field.js";
import { keepFormatted } from "./typing.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {{code: string, message: string}} Fault */

const DIGITS = {
  type: "text",
  inputmode: "numeric",
  spellcheck: "false",
  autocorrect: "off",
  "aria-required": "true",
};

/** The card: number, expiry, security code, and where its bill goes. */
export class CardFields {
  element = document.createElement("div");
  #brandIcons = document.createElement("span");
  #cvcIcon = makeIcon("cvc");
  #number = makeField("number", {
    wide: true,
    attributes: { ...DIGITS, autocomplete: "cc-number" },
    icons: [this.#brandIcons],
  });
  #expiry = makeField("expiry", { attributes: { ...DIGITS, autocomplete: "cc-exp" } });
  #cvc = makeField("cvc", { attributes: { ...DIGITS, autocomplete: "cc-csc" }, icons: [this.#cvcIcon] });
  #billing;
  #terms = document.createElement("p");
  #today = new Date();

  /**
   * @param {Settings} settings
   * @param {() => void} changed  called whenever a value has changed
   */
  constructor(settings, changed) {
    this.settings = settings;
    this.changed = changed;
    this.element.className = "Grid";
    this.#billing = new BillingAddress(settings);
    this.#brandIcons.className = "Brands";
    this.#terms.className = "TermsText Field--wide";
    this.element.append(...this.#all().map((field) => field.element), this.#terms);
    keepFormatted(this.#input(this.#number), formatCardNumber);
    keepFormatted(this.#input(this.#expiry), formatExpiry);
    keepFormatted(this.#input(this.#cvc), (text) => digitsOf(text).slice(0, this.#cvcLength()));
    for (const field of this.#all()) this.#watch(field);
    this.update(settings);
  }

  /** @param {Settings} settings */
  update(settings) {
    this.settings = settings;
    const { say } = settings.words;
    this.#number.setLabel(say("number"), "1234 1234 1234 1234");
    this.#expiry.setLabel(say("expiry"), say("expiryPlaceholder"));
    this.#cvc.setLabel(say("cvc"), say("cvcPlaceholder"));
    this.#billing.update(settings);
    this.#followBrand();
    this.#showTerms();
    for (const field of this.#all()) {
      field.input.toggleAttribute("disabled", Boolean(settings.options.readOnly));
      field.input.dispatchEvent(new Event("restyle"));
    }
  }

  get isEmpty() {
    return this.#own().every((field) => field.isEmpty());
  }

  get isComplete() {
    return this.#faults().length === 0;
  }

  /**
   * Shows every fault, puts the focus on the first.
   * @returns {Fault | null} the first
   */
  check() {
    const faults = this.#faults();
    for (const field of this.#all()) {
      const fault = faults.find((one) => one.field === field);
      field.show(fault ? this.settings.words.say(fault.code) : "");
    }
    const first = faults[0];
    if (!first) return null;
    first.field.input.focus();
    return { code: first.code, message: this.settings.words.say(first.code) };
  }

  /**
   * Shows what the bank said beside the field it concerns.
   * @param {{code?: string, message?: string}} error
   */
  showError({ code = "", message = "" }) {
    const concerned = /cvc/.test(code) ? this.#cvc : /expir/.test(code) ? this.#expiry : this.#number;
    concerned.show(message);
  }

  /** What the API takes as `payment_method_data` (and as parameters of a PaymentMethod). */
  data() {
    const { month, year } = readExpiry(this.#expiry.input.value);
    return {
      type: "card",
      card: {
        number: digitsOf(this.#number.input.value),
        exp_month: month,
        exp_year: year,
        cvc: this.#cvc.input.value,
      },
      billing_details: { address: this.#billing.value() },
    };
  }

  /** The only part of the billing details that the page hears of while they are typed. */
  billingDetails() {
    const { country = null, postal_code: postalCode = null } = this.#billing.value();
    return { address: { country, postalCode } };
  }

  clear() {
    for (const field of this.#own()) field.input.value = "";
    this.#billing.clear();
    for (const field of this.#all()) {
      field.show("");
      field.input.dispatchEvent(new Event("restyle"));
    }
    this.#followBrand();
    this.changed();
  }

  focus() {
    this.#number.input.focus();
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    for (const field of this.#all())
      if (field.input instanceof HTMLInputElement) field.input.readOnly = busy;
      else field.input.toggleAttribute("disabled", busy || Boolean(this.settings.options.readOnly));
  }

  #own() {
    return [this.#number, this.#expiry, this.#cvc];
  }

  #all() {
    return [...this.#own(), ...this.#billing.fields];
  }

  /** @param {import('./field.js').Field} field */
  #input(field) {
    return /** @type {HTMLInputElement} */ (field.input);
  }

  /** @param {import('./field.js').Field} field */
  #watch(field) {
    field.input.addEventListener("input", (event) => {
      field.show("");
      if (field === this.#number) this.#followBrand();
      const code = this.#faultOf(field);
      const hopeless =
        code?.startsWith("invalid") && (field !== this.#number || isFullLength(field.input.value));
      if (hopeless && code) field.show(this.settings.words.say(code));
      // Not while the browser fills the form by itself: that moves through the fields in its own way.
      const typed = ["insertText", "insertFromPaste"].includes(/** @type {InputEvent} */ (event).inputType);
      if (typed && !code) this.#advanceFrom(field);
      this.changed();
    });
    field.input.addEventListener("blur", () => {
      const code = this.#faultOf(field);
      field.show(code && !field.isEmpty() ? this.settings.words.say(code) : "");
    });
  }

  /**
   * A finished number or date hands the caret on, as people who type from a card expect.
   * @param {import('./field.js').Field} field
   */
  #advanceFrom(field) {
    const input = this.#input(field);
    if (input.selectionStart !== input.value.length) return;
    if (field === this.#number && isFullLength(input.value)) this.#expiry.input.focus();
    if (field === this.#expiry && expiryDigits(input.value).length === 4) this.#cvc.input.focus();
  }

  /** @returns {Array<{field: import('./field.js').Field, code: string}>} */
  #faults() {
    return this.#all().flatMap((field) => {
      const code = this.#faultOf(field);
      return code ? [{ field, code }] : [];
    });
  }

  /**
   * @param {import('./field.js').Field} field
   * @returns {string | null} Stripe's code
   */
  #faultOf(field) {
    const text = field.input.value;
    if (field === this.#number) return cardNumberFault(text);
    if (field === this.#expiry) return expiryFault(text, this.#today);
    if (field === this.#cvc) return text.length < this.#cvcLength() ? "incomplete_cvc" : null;
    return this.#billing.faultOf(field);
  }

  #cvcLength() {
    return brandOf(digitsOf(this.#number.input.value)).cvcLength;
  }

  #followBrand() {
    const brand = brandOf(digitsOf(this.#number.input.value));
    const shown = this.#number.isEmpty() ? SHOWN_BRANDS : [brand.id];
    if (this.#brandIcons.dataset["shown"] !== shown.join()) {
      this.#brandIcons.dataset["shown"] = shown.join();
      this.#brandIcons.replaceChildren(
        ...shown.map((id) => makeIcon(id, this.#number.isEmpty() ? "" : brand.label)),
      );
    }
    const cvc = this.#input(this.#cvc);
    cvc.value = cvc.value.slice(0, brand.cvcLength);
    this.#cvcIcon.src = makeIcon(brand.cvcLength === 4 ? "cvc_amex" : "cvc").src;
  }

  #showTerms() {
    const term = this.settings.options.terms?.card ?? "auto";
    const needed = term === "always" || (term === "auto" && this.settings.futureUsage !== null);
    this.#terms.hidden = !needed;
    this.#terms.textContent = this.settings.words.say("cardTerms", { business: this.settings.business });
  }
}
