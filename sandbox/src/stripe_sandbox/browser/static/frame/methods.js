import { CardFields } from "./card_fields.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {import('./types.js').MethodFields} MethodFields */

/**
 * The ways to pay that the form can draw. The session says which of them are offered, and in which order.
 * Its icon is drawn by the style sheet, in the colour of the text beside it.
 * @typedef {object} Method
 * @property {string} label  a key of the words
 * @property {(settings: Settings, changed: () => void) => MethodFields} build
 */

/** @type {Record<string, Method>} */
export const METHODS = {
  card: { label: "card", build: (settings, changed) => new CardFields(settings, changed) },
};

/**
 * @param {import('./types.js').Session} session
 * @param {string[]} [preferred]  the page's own order
 */
export function offeredMethods(session, preferred = []) {
  const offered = session.payment_method_preference.ordered_payment_method_types.filter(
    (type) => type in METHODS,
  );
  const rank = (/** @type {string} */ type) => preferred.indexOf(type) + 1 || preferred.length + 1;
  return offered.sort((one, other) => rank(one) - rank(other));
}
