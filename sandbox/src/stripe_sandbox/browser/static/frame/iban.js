/** Account numbers and e-mail addresses, as far as their form tells whether they can be right. */

/**
 * @param {string} text
 * @returns {string} as the API takes it
 */
export function ibanOf(text) {
  return text.replace(/[^0-9a-z]/gi, "").toUpperCase();
}

/**
 * @param {string} text
 * @returns {string} in groups of four, as on paper
 */
export function groupedIban(text) {
  return ibanOf(text).replace(/(.{4})(?=.)/g, "$1 ");
}

/**
 * Country, length and the check of ISO 13616: moved to the end, letters as numbers, the rest by 97 is 1.
 * @param {string} text
 * @returns {'incomplete_iban' | 'invalid_iban' | null}
 */
export function ibanFault(text) {
  const iban = ibanOf(text);
  if (iban.length < 15) return "incomplete_iban";
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return "invalid_iban";
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4))
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1 ? null : "invalid_iban";
}

/**
 * @param {string} text
 * @returns {'incomplete_email' | 'invalid_email' | null}
 */
export function emailFault(text) {
  if (!text.trim()) return "incomplete_email";
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()) ? null : "invalid_email";
}
