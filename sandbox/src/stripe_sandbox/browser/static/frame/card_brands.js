/** What a card number tells by itself: its brand, length and grouping, and whether it was mistyped. */

/**
 * @typedef {object} Brand
 * @property {string} id  Stripe's word for it; also the icon's file name
 * @property {string} label
 * @property {RegExp} starts
 * @property {number[]} lengths  of the number, in digits
 * @property {number} cvcLength
 */

/** @type {readonly Brand[]} */
const BRANDS = [
  { id: "amex", label: "American Express", starts: /^3[47]/, lengths: [15], cvcLength: 4 },
  { id: "diners", label: "Diners Club", starts: /^3(0[0-5]|095|[689])/, lengths: [14, 16, 19], cvcLength: 3 },
  { id: "jcb", label: "JCB", starts: /^35/, lengths: [16], cvcLength: 3 },
  { id: "unionpay", label: "UnionPay", starts: /^62/, lengths: [16, 17, 18, 19], cvcLength: 3 },
  { id: "discover", label: "Discover", starts: /^6(011|4[4-9]|5)/, lengths: [16], cvcLength: 3 },
  { id: "mastercard", label: "Mastercard", starts: /^(5[1-5]|2[2-7])/, lengths: [16], cvcLength: 3 },
  { id: "visa", label: "Visa", starts: /^4/, lengths: [16], cvcLength: 3 },
];
/** @type {Brand} */
const UNKNOWN = { id: "unknown", label: "", starts: /^/, lengths: [16], cvcLength: 3 };

/** What is shown while no brand is recognised yet. */
export const SHOWN_BRANDS = ["visa", "mastercard", "amex", "unionpay"];

/**
 * @param {string} digits
 * @returns {Brand}
 */
export function brandOf(digits) {
  return BRANDS.find((brand) => brand.starts.test(digits)) ?? UNKNOWN;
}

/** @param {string} text */
export function digitsOf(text) {
  return text.replace(/\D/g, "");
}

/**
 * Groups a number as on the card: 4-6-5 for American Express, 4-6-4 for short Diners, else fours.
 * @param {string} text
 */
export function formatCardNumber(text) {
  const brand = brandOf(digitsOf(text));
  const digits = digitsOf(text).slice(0, Math.max(...brand.lengths));
  const short = brand.id === "amex" || (brand.id === "diners" && digits.length <= 14);
  const groups = short ? [4, 6, 5] : [4, 4, 4, 4, 3];
  /** @type {string[]} */
  const parts = [];
  let start = 0;
  for (const size of groups) {
    if (start < digits.length) parts.push(digits.slice(start, start + size));
    start += size;
  }
  return parts.join(" ");
}

/**
 * @param {string} text
 * @returns {'incomplete_number' | 'invalid_number' | null} null for a number that may be right
 */
export function cardNumberFault(text) {
  const digits = digitsOf(text);
  if (!brandOf(digits).lengths.includes(digits.length)) return "incomplete_number";
  return passesLuhn(digits) ? null : "invalid_number";
}

/** @param {string} text */
export function isFullLength(text) {
  const digits = digitsOf(text);
  return digits.length === Math.max(...brandOf(digits).lengths);
}

/** @param {string} digits */
export function passesLuhn(digits) {
  let sum = 0;
  [...digits].reverse().forEach((digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}
