import { IntegrationError, demandOneOf, demandType, isObject, warnOfUnknown } from "./mistakes.js";
import { since } from "./train.js";

const CREATE = [
  "defaultValues",
  "business",
  "paymentMethodOrder",
  "fields",
  "readOnly",
  "terms",
  "wallets",
  "walletOptions",
  "layout",
  "applePay",
];
const LAYOUT = [
  "type",
  "defaultCollapsed",
  "radios",
  "spacedAccordionItems",
  "visibleAccordionItemsCount",
  "paymentMethodLogoPosition",
];
const FIELDS = ["name", "email", "phone", "address"];
const ADDRESS_FIELDS = {
  country: "country",
  postalCode: "postal_code",
  state: "state",
  city: "city",
  line1: "line1",
  line2: "line2",
};

/**
 * Refuses what Stripe.js refuses in `elements.create('payment', options)` and `element.update(options)`.
 * @param {string} where
 * @param {unknown} options
 * @returns {Record<string, any>} the same options
 */
export function checkPaymentElementOptions(where, options) {
  demandType(where, "options", options, "object");
  const given = /** @type {Record<string, any>} */ (options ?? {});
  warnOfUnknown(where, given, CREATE);
  for (const name of ["defaultValues", "business", "fields", "terms", "wallets"])
    demandType(where, name, given[name], "object");
  demandType(where, "readOnly", given["readOnly"], "boolean");
  if (given["business"]) demandType(where, "business.name", given["business"].name, "string");
  if (given["paymentMethodOrder"] !== undefined && !Array.isArray(given["paymentMethodOrder"]))
    throw new IntegrationError(
      `Invalid value for ${where}: paymentMethodOrder should be an array of strings.`,
    );
  checkLayout(where, given["layout"]);
  checkFields(where, given["fields"]?.billingDetails);
  for (const [method, term] of Object.entries(given["terms"] ?? {}))
    demandOneOf(where, `terms.${method}`, term, ["auto", "always", "never"]);
  for (const [wallet, choice] of Object.entries(given["wallets"] ?? {}))
    demandOneOf(where, `wallets.${wallet}`, choice, ["auto", "never"]);
  return given;
}

/**
 * @param {string} where
 * @param {unknown} layout
 */
function checkLayout(where, layout) {
  const types = ["accordion", "tabs", "auto"];
  if (!isObject(layout)) {
    demandOneOf(where, "layout", layout, types);
    return;
  }
  if (layout["type"] === undefined)
    throw new IntegrationError(`Missing value for ${where}: layout.type should be a string.`);
  demandOneOf(where, "layout.type", layout["type"], types);
  demandType(where, "layout.defaultCollapsed", layout["defaultCollapsed"], "boolean");
  demandType(where, "layout.spacedAccordionItems", layout["spacedAccordionItems"], "boolean");
  demandType(where, "layout.visibleAccordionItemsCount", layout["visibleAccordionItemsCount"], "number");
  demandOneOf(where, "layout.paymentMethodLogoPosition", layout["paymentMethodLogoPosition"], [
    "start",
    "end",
  ]);
  const radios = ["auto", "always", "never", "if_multiple"];
  // Booleans were accepted until 2026-03-25.dahlia.
  demandOneOf(where, "layout.radios", layout["radios"], since("dahlia") ? radios : [...radios, true, false]);
  warnOfUnknown(`${where} layout`, layout, LAYOUT);
}

/**
 * @param {string} where
 * @param {unknown} fields  of the billing details
 */
function checkFields(where, fields) {
  const choices = ["auto", "never", "if_required"];
  if (!isObject(fields)) {
    demandOneOf(where, "fields.billingDetails", fields, choices);
    return;
  }
  warnOfUnknown(`${where} fields.billingDetails`, fields, FIELDS);
  for (const name of ["name", "email", "phone"])
    demandOneOf(where, `fields.billingDetails.${name}`, fields[name], [...choices, "always"]);
  const address = fields["address"];
  if (!isObject(address)) {
    demandOneOf(where, "fields.billingDetails.address", address, choices);
    return;
  }
  warnOfUnknown(`${where} fields.billingDetails.address`, address, Object.keys(ADDRESS_FIELDS));
  for (const [name, choice] of Object.entries(address))
    demandOneOf(where, `fields.billingDetails.address.${name}`, choice, choices);
}

/**
 * A page that tells the form not to ask for a field has to give its value on confirmation.
 * @param {Record<string, any>} options  of the Payment Element
 * @param {any} billingDetails  what the page gave
 * @param {string} where
 */
export function demandNeverAskedFields(options, billingDetails, where) {
  for (const [path, read] of neverAsked(options["fields"]?.billingDetails)) {
    if (read(billingDetails ?? {}) !== undefined) continue;
    throw new IntegrationError(
      `You specified "never" for fields.billing_details.${path} when creating the payment Element, but did not ` +
        `pass params.billing_details.${path} when calling ${where}. A field that the Element does not ask for ` +
        "must be passed by your page.",
    );
  }
}

/**
 * @param {any} fields
 * @returns {Array<[string, (details: any) => unknown]>}
 */
function neverAsked(fields) {
  /** @param {string} name */
  const choice = (name) => (typeof fields === "string" ? fields : fields?.[name]);
  /** @type {Array<[string, (details: any) => unknown]>} */
  const found = [];
  for (const name of ["name", "email", "phone"])
    if (choice(name) === "never") found.push([name, (details) => details[name]]);
  const address = choice("address");
  for (const [name, parameter] of Object.entries(ADDRESS_FIELDS))
    if ((typeof address === "string" ? address : address?.[name]) === "never")
      found.push([`address.${parameter}`, (details) => details.address?.[parameter]]);
  return found;
}
