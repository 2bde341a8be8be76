/** Expiry dates as people type, paste and autofill them. */

/**
 * @param {string} text
 * @returns {string} "MM / YY", as far as it is known
 */
export function formatExpiry(text) {
  const digits = expiryDigits(text);
  if (digits.length < 2) return digits;
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
}

/**
 * @param {string} text  "1234", "12/34", "1 / 34", "12/2034" ...
 * @returns {string} up to four digits, MMYY
 */
export function expiryDigits(text) {
  const parts = /^\s*(\d{1,2})\s*[/.-]\s*(?:20(?=\d\d$))?(\d*)/.exec(text.trim());
  if (parts) return `${(parts[1] ?? "").padStart(2, "0")}${parts[2]}`.slice(0, 4);
  let digits = text.replace(/\D/g, "");
  if (/^[2-9]/.test(digits) || Number(digits.slice(0, 2)) > 12) digits = `0${digits}`;
  if (/^\d{2}20\d{2}$/.test(digits)) digits = digits.slice(0, 2) + digits.slice(4);
  return digits.slice(0, 4);
}

/**
 * @param {string} text
 * @returns {{month: number, year: number}} year with four digits
 */
export function readExpiry(text) {
  const digits = expiryDigits(text);
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2)) };
}

/**
 * @param {string} text
 * @param {Date} today
 * @returns {string | null} Stripe's code for what is wrong
 */
export function expiryFault(text, today) {
  const digits = expiryDigits(text);
  if (digits.length < 4) return "incomplete_expiry";
  const { month, year } = readExpiry(text);
  if (month < 1 || month > 12) return "invalid_expiry_month";
  if (year < today.getFullYear()) return "invalid_expiry_year_past";
  if (year === today.getFullYear() && month < today.getMonth() + 1) return "invalid_expiry_month_past";
  return year > today.getFullYear() + 50 ? "invalid_expiry_year" : null;
}
