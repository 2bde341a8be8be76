// The Address Element: where the books go. It is filled in with what the order knows or what was typed before.

/** @import {StripeAddressElement, StripeAddressElementChangeEvent, StripeElements} from "@stripe/stripe-js" */

import { form } from "./checkout_page.js";

/**
 * @typedef {StripeAddressElementChangeEvent["value"]} Typed
 * @typedef {{name: string, line1: string, line2: string | null, city: string, state: string, postal_code: string,
 *   country: string, phone: string | null}} Address  as the shop takes it
 */

/** @type {StripeAddressElement | undefined} */
let element;
/** @type {any} what stands in the form, or stood there before it was loaded again */
let typed = JSON.parse(form.dataset.address ?? "null");
/** @type {(country: string) => void} */
let hear = () => {};

/**
 * @param {StripeElements} elements
 * @returns {StripeAddressElement}
 */
export function create(elements) {
  const countries = JSON.parse(form.dataset.countries ?? "[]");
  const address = elements.create("address", {
    mode: "shipping",
    ...(countries.length > 0 && { allowedCountries: countries }),
    ...(typed && { defaultValues: typed }),
  });
  address.on("change", ({ value }) => {
    typed = value;
    hear(value.address.country);
  });
  element = address;
  return address;
}

/**
 * Tells the country that the form shows, now and whenever another is chosen.
 *
 * @param {(country: string) => void} listener
 */
export async function followCountry(listener) {
  hear = listener;
  const shown = await element?.getValue();
  if (shown?.value.address.country) listener(shown.value.address.country);
}

/**
 * The address, or null while something is missing in it.
 *
 * @returns {Promise<Address | null>}
 */
export async function value() {
  const given = await element?.getValue();
  if (!given?.complete) return null;
  const { name, phone, address } = given.value;
  return { name, ...address, phone: phone || null };
}
