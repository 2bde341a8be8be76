import { asksPostalCode, countriesIn, isCountry, likelyCountry, postalCodeFault } from "./countries.js";
import { makeField } from "./field.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {import('./field.js').Field} Field */

/** Country and postal code, as far as the page lets us ask for them and banks compare them. */
export class BillingAddress {
  #chevron = document.createElement("span");
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
  fields = [this.#country, this.#postalCode];

  /** @param {Settings} settings */
  constructor(settings) {
    this.settings = settings;
    this.#chevron.className = "Chevron";
    const address = settings.options.defaultValues?.billingDetails?.address ?? {};
    this.#startCountry = address.country && isCountry(address.country) ? address.country : null;
    this.#postalCode.input.value = address.postal_code ?? "";
    this.#country.input.addEventListener("input", () => this.#followCountry());
  }

  /** @type {string | null} */
  #startCountry;

  /** @param {Settings} settings */
  update(settings) {
    this.settings = settings;
    this.#country.setLabel(settings.words.say("country"));
    this.#fillCountries();
    this.#followCountry();
  }

  /**
   * @param {Field} field  one of ours
   * @returns {string | null} Stripe's code for what is wrong
   */
  faultOf(field) {
    if (field !== this.#postalCode || !this.#asked().postalCode) return null;
    return postalCodeFault(this.#country.input.value, field.input.value);
  }

  /** In the API's words; what was not asked is undefined. */
  value() {
    const asked = this.#asked();
    return {
      country: asked.country ? this.#country.input.value : undefined,
      postal_code: asked.postalCode ? this.#postalCode.input.value.trim() : undefined,
    };
  }

  clear() {
    this.#postalCode.input.value = "";
  }

  /** Which of the two the page lets us ask for. */
  #asked() {
    if (this.settings.billingElsewhere) return { country: false, postalCode: false };
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
}
