import { FramedElement } from "./framed_element.js";
import { IntegrationError, demandOneOf, demandType, isObject, warnOfUnknown } from "./mistakes.js";

/** @typedef {import('./elements.js').Group} Group */
/** @typedef {import('@stripe/stripe-js').StripeAddressElementChangeEvent['value']} AddressValue */

const ADDRESS = { type: "address", page: "elements-inner-address", title: "Secure address input frame" };
const ADDRESS_OPTIONS = [
  "mode",
  "allowedCountries",
  "autocomplete",
  "blockPoBox",
  "contacts",
  "defaultValues",
  "fields",
  "validation",
  "display",
];

/** An address to ship to or to bill. */
export class AddressElement extends FramedElement {
  /** @type {AddressValue | null} */
  #value = null;

  /**
   * @param {Group} group
   * @param {unknown} options
   */
  constructor(group, options) {
    super(group, ADDRESS, checkAddressOptions("elements.create()", options, true));
  }

  get expectedHeight() {
    return 340;
  }

  /** @param {unknown} options */
  checkUpdate(options) {
    return checkAddressOptions("element.update()", options, false);
  }

  /** @returns {import('@stripe/stripe-js').StripeAddressElement} */
  makeFace() {
    return { ...this.commonFace(), getValue: () => this.ask("value") };
  }

  /**
   * @param {string} name
   * @param {any} detail
   */
  noteEvent(name, detail) {
    if (name === "change") this.#value = detail.complete ? detail.value : null;
  }

  /** @param {{shipping?: any, billing_details?: any}} contact */
  addTo(contact) {
    if (!this.#value || !this.isMounted) return;
    const { name, address, phone } = this.#value;
    const own = { name, phone, address: withoutBlanks(address) };
    if (this.options["mode"] === "shipping") contact.shipping = own;
    else contact.billing_details = { ...contact.billing_details, ...own };
  }
}

/** @param {Record<string, string | null>} address */
function withoutBlanks(address) {
  return Object.fromEntries(Object.entries(address).filter(([, value]) => value));
}

/**
 * @param {string} where
 * @param {unknown} options
 * @param {boolean} whole
 * @returns {Record<string, any>}
 */
function checkAddressOptions(where, options, whole) {
  demandType(where, "options", options, "object");
  const given = /** @type {Record<string, any>} */ (options ?? {});
  if (whole && given["mode"] === undefined)
    throw new IntegrationError(`Missing value for ${where}: mode should be either "shipping" or "billing".`);
  demandOneOf(where, "mode", given["mode"], ["shipping", "billing"]);
  for (const name of ["autocomplete", "defaultValues", "fields", "validation", "display"])
    demandType(where, name, given[name], "object");
  const countries = given["allowedCountries"];
  if (countries != null && !(Array.isArray(countries) && countries.length))
    throw new IntegrationError(
      `Invalid value for ${where}: allowedCountries should be an array of two-letter country codes.`,
    );
  demandOneOf(where, "fields.phone", given["fields"]?.phone, ["always", "never", "auto"]);
  demandOneOf(where, "fields.name", given["fields"]?.name, ["never", "auto"]);
  demandOneOf(where, "display.name", given["display"]?.name, ["full", "split", "organization"]);
  const required = isObject(given["validation"]?.phone) ? given["validation"].phone.required : undefined;
  demandOneOf(where, "validation.phone.required", required, ["always", "never", "auto"]);
  if (given["autocomplete"]?.mode === "google_maps_api")
    console.warn("[Stripe.js] The Address Element's autocomplete has no effect in this sandbox.");
  warnOfUnknown(where, given, ADDRESS_OPTIONS);
  return given;
}
