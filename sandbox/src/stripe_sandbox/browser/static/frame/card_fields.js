import {
  SHOWN_BRANDS,
  brandOf,
  cardNumberFault,
  digitsOf,
  formatCardNumber,
  isFullLength,
} from "./card_brands.js";
import { asksPostalCode, countriesIn, isCountry, likelyCountry, postalCodeFault } from "./countries.js";
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
  #chevron = document.createElement("span");
  #number = makeField("number", {
    wide: true,
    attributes: { ...DIGITS, autocomplete: "cc-number" },
    icons: [this.#brandIcons],
  });
  #expiry = makeField("expiry", { attributes: { ...DIGITS, autocomplete: "cc-exp" } });
  #cvc = makeField("cvc", { attributes: { ...DIGITS, autocomplete: "cc-csc" }, icons: [this.#cvcIcon] });
  #country = makeField("country", {
    tag: "select",
    attributes: { autocomplete: "billing country" },
    icons: [this.#chevron],
  });
  #postalCode = makeField("postalCode", {
    attributes: {
      type: "text",
      autocomplete: "billing postal-code",
      spellcheck: "false",
      "aria-required": "true",
    },
  });
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
    this.#brandIcons.className = "Brands";
    this.#chevron.className = "Chevron";
    this.#terms.className = "TermsText Field--wide";
    this.element.append(...this.#all().map((field) => field.element), this.#terms);
    keepFormatted(this.#input(this.#number), formatCardNumber);
    keepFormatted(this.#input(this.#expiry), formatExpiry);
    keepFormatted(this.#input(this.#cvc), (text) => digitsOf(text).slice(0, this.#cvcLength()));
    for (const field of this.#all()) this.#watch(field);
    const address = settings.options.defaultValues?.billingDetails?.address ?? {};
    this.#startCountry = address.country && isCountry(address.country) ? address.country : null;
    this.#postalCode.input.value = address.postal_code ?? "";
    this.update(settings);
  }

  /** @type {string | null} */
  #startCountry;

  /** @param {Settings} settings */
  update(settings) {
    this.settings = settings;
    const { say } = settings.words;
    this.#number.setLabel(say("number"), "1234 1234 1234 1234");
    this.#expiry.setLabel(say("expiry"), say("expiryPlaceholder"));
    this.#cvc.setLabel(say("cvc"), say("cvcPlaceholder"));
    this.#country.setLabel(say("country"));
    this.#fillCountries();
    this.#followCountry();
    this.#followBrand();
    this.#showTerms();
    for (const field of this.#all()) {
      field.input.toggleAttribute("disabled", Boolean(settings.options.readOnly));
      field.input.dispatchEvent(new Event("restyle"));
    }
  }

  get isEmpty() {
    return [this.#number, this.#expiry, this.#cvc].every((field) => field.isEmpty());
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
    const asked = this.#asked();
    return {
      type: "card",
      card: {
        number: digitsOf(this.#number.input.value),
        exp_month: month,
        exp_year: year,
        cvc: this.#cvc.input.value,
      },
      billing_details: {
        address: {
          country: asked.country ? this.#country.input.value : undefined,
          postal_code: asked.postalCode ? this.#postalCode.input.value.trim() : undefined,
        },
      },
    };
  }

  /** The only part of the billing details that the page hears of while they are typed. */
  billingDetails() {
    const { country = null, postal_code: postalCode = null } = this.data().billing_details.address;
    return { address: { country, postalCode } };
  }

  clear() {
    for (const field of [this.#number, this.#expiry, this.#cvc, this.#postalCode]) {
      field.input.value = "";
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

  #all() {
    return [this.#number, this.#expiry, this.#cvc, this.#country, this.#postalCode];
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
      if (field === this.#country) this.#followCountry();
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
    if (field === this.#postalCode && this.#asked().postalCode)
      return postalCodeFault(this.#country.input.value, text);
    return null;
  }

  #cvcLength() {
    return brandOf(digitsOf(this.#number.input.value)).cvcLength;
  }

  /** Which of country and postal code the page lets us ask for. */
  #asked() {
    const fields = this.settings.options.fields;
    const given = fields?.card?.billingDetails ?? fields?.billingDetails;
    const address = typeof given === "string" ? given : given?.address;
    const choice = (/** @type {'country' | 'postalCode'} */ name) =>
      typeof address === "string" ? address : address?.[name];
    const country = (choice("country") ?? "auto") === "auto";
    const postalCode =
      (choice("postalCode") ?? "auto") === "auto" &&
      asksPostalCode(this.#country.input.value, this.settings.asksPostalCodeAbroad);
    return { country, postalCode };
  }

  #fillCountries() {
    const select = /** @type {HTMLSelectElement} */ (this.#country.input);
    const { language } = this.settings.words;
    if (select.dataset["language"] === language) return;
    const chosen =
      select.value || this.#startCountry || likelyCountry(navigator.languages, this.settings.accountCountry);
    select.replaceChildren(...countriesIn(language).map(({ code, name }) => new Option(name, code)));
    select.value = chosen;
    select.dataset["language"] = language;
  }

  #followCountry() {
    const asked = this.#asked();
    const american = ["US", "PR"].includes(this.#country.input.value);
    this.#postalCode.setLabel(
      this.settings.words.say(american ? "zip" : "postalCode"),
      american ? "12345" : "",
    );
    this.#postalCode.element.hidden = !asked.postalCode;
    this.#country.element.hidden = !asked.country;
    this.#country.element.classList.toggle("Field--wide", !asked.postalCode);
    this.#postalCode.element.classList.toggle("Field--wide", !asked.country);
    this.#postalCode.input.setAttribute("inputmode", american ? "numeric" : "text");
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
