import { countriesIn, likelyCountry } from "./countries.js";
import { makeField } from "./field.js";
import { emailFault, groupedIban, ibanFault, ibanOf } from "./iban.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {import('./field.js').Field} Field */

/** @type {Record<string, {attributes: Record<string, string>, fault: (text: string) => string | null}>} */
const ASKED = {
  iban: {
    attributes: { type: "text", autocapitalize: "characters", spellcheck: "false", autocomplete: "off" },
    fault: ibanFault,
  },
  name: {
    attributes: { type: "text", autocomplete: "billing name", spellcheck: "false" },
    fault: (text) => (text.trim() ? null : "incomplete_name"),
  },
  email: { attributes: { type: "email", autocomplete: "billing email" }, fault: emailFault },
  country: { attributes: { autocomplete: "billing country" }, fault: () => null },
};

/** A method other than the card: the few billing details it needs, and a word on what happens next. */
export class MethodForm {
  element = document.createElement("div");
  #next = document.createElement("p");
  /** @type {Map<string, Field>} */
  #fields = new Map();

  /**
   * @param {string} type
   * @param {import('./methods.js').Method} method
   * @param {Settings} settings
   * @param {() => void} changed
   */
  constructor(type, method, settings, changed) {
    this.type = type;
    this.method = method;
    this.settings = settings;
    this.changed = changed;
    this.element.className = "Grid";
    this.#next.className = "NextStep Field--wide";
    for (const name of method.asks) this.#fields.set(name, this.#makeField(name));
    this.element.append(...[...this.#fields.values()].map((field) => field.element), this.#next);
    this.#fillDefaults();
    this.update(settings);
  }

  /** @param {Settings} settings */
  update(settings) {
    this.settings = settings;
    const { say, language } = settings.words;
    for (const [name, field] of this.#fields) {
      field.setLabel(say(name), name === "iban" ? "DE00 0000 0000 0000 0000 00" : undefined);
      field.element.hidden = !this.#isAsked(name);
      field.input.toggleAttribute("disabled", Boolean(settings.options.readOnly));
      if (name === "country") fillCountries(field, settings, language);
    }
    const mandate = this.method.next === "mandate";
    this.#next.className = mandate ? "TermsText Field--wide" : "NextStep Field--wide";
    this.#next.hidden = mandate && settings.options.terms?.sepaDebit === "never";
    this.#next.textContent = say(this.method.next, {
      method: say(this.method.label),
      business: settings.business,
    });
  }

  get isEmpty() {
    const typed = this.#asked().filter(([name]) => name !== "country");
    return typed.length > 0 && typed.every(([, field]) => field.isEmpty());
  }

  get isComplete() {
    return this.#asked().every(([name, field]) => !this.#faultOf(name, field));
  }

  /** Shows every fault, puts the focus on the first and returns it. */
  check() {
    let first = null;
    for (const [name, field] of this.#asked()) {
      const code = this.#faultOf(name, field);
      field.show(code ? this.settings.words.say(code) : "");
      if (!code || first) continue;
      first = { code, message: this.settings.words.say(code) };
      field.input.focus();
    }
    return first;
  }

  /** @param {{code?: string, message?: string}} error */
  showError({ message = "" }) {
    this.#asked()[0]?.[1].show(message);
  }

  /** What the API takes as `payment_method_data`. */
  data() {
    const value = (/** @type {string} */ name) => {
      const field = this.#fields.get(name);
      return field && this.#isAsked(name) ? field.input.value.trim() : undefined;
    };
    const iban = value("iban");
    return {
      type: this.type,
      [this.type]: iban === undefined ? {} : { iban: ibanOf(iban) },
      billing_details: {
        name: value("name"),
        email: value("email"),
        address: { country: value("country") },
      },
    };
  }

  billingDetails() {
    const country = this.#isAsked("country") ? (this.#fields.get("country")?.input.value ?? null) : null;
    return { address: { country, postalCode: null } };
  }

  clear() {
    for (const [name, field] of this.#fields) {
      if (name !== "country") field.input.value = "";
      field.show("");
      field.input.dispatchEvent(new Event("restyle"));
    }
    this.changed();
  }

  focus() {
    this.#asked()[0]?.[1].input.focus();
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    for (const field of this.#fields.values())
      field.input.toggleAttribute("disabled", busy || Boolean(this.settings.options.readOnly));
  }

  #asked() {
    return [...this.#fields].filter(([name]) => this.#isAsked(name));
  }

  /**
   * Whether the page lets us ask; what it keeps for itself it passes on confirmation.
   * @param {string} name
   */
  #isAsked(name) {
    if (!this.#fields.has(name)) return false;
    const fields = /** @type {Record<string, any>} */ (this.settings.options.fields ?? {});
    const choices = fields[this.type]?.billingDetails ?? fields["billingDetails"];
    if (name === "iban" || choices === undefined) return true;
    if (typeof choices === "string") return choices !== "never";
    const choice = name === "country" ? (choices.address?.country ?? choices.address) : choices[name];
    return choice !== "never";
  }

  /**
   * @param {string} name
   * @param {Field} field
   */
  #faultOf(name, field) {
    return ASKED[name]?.fault(field.input.value) ?? null;
  }

  /** @param {string} name */
  #makeField(name) {
    const { attributes = {} } = ASKED[name] ?? {};
    const chevron = document.createElement("span");
    chevron.className = "Chevron";
    const select = name === "country";
    const field = makeField(name, {
      tag: select ? "select" : "input",
      wide: true,
      attributes: { ...attributes, "aria-required": "true" },
      icons: select ? [chevron] : [],
    });
    field.input.addEventListener("input", () => {
      field.show("");
      this.changed();
    });
    field.input.addEventListener("blur", () => {
      if (name === "iban") field.input.value = groupedIban(field.input.value);
      const code = this.#faultOf(name, field);
      field.show(code && !field.isEmpty() ? this.settings.words.say(code) : "");
    });
    return field;
  }

  #fillDefaults() {
    const details = this.settings.options.defaultValues?.billingDetails;
    for (const name of /** @type {const} */ (["name", "email"])) {
      const field = this.#fields.get(name);
      if (!field) continue;
      field.input.value = details?.[name] ?? "";
      field.input.dispatchEvent(new Event("restyle"));
    }
  }
}

/**
 * @param {Field} field
 * @param {Settings} settings
 * @param {string} language
 */
function fillCountries(field, settings, language) {
  const select = /** @type {HTMLSelectElement} */ (field.input);
  if (select.dataset["language"] === language) return;
  const given = settings.options.defaultValues?.billingDetails?.address?.country;
  const chosen = select.value || given || likelyCountry(navigator.languages, settings.accountCountry);
  select.replaceChildren(...countriesIn(language).map(({ code, name }) => new Option(name, code)));
  select.value = chosen;
  select.dataset["language"] = language;
}
