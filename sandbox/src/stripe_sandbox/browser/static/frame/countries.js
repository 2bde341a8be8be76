/** Where a card's bill goes: names come from the browser, in the reader's language. */

const CODES =
  "AC AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT " +
  "BV BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET " +
  "FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM " +
  "IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD " +
  "ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF " +
  "PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV " +
  "SX SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK " +
  "YE YT ZA ZM ZW";

/**
 * @param {string} locale
 * @returns {Array<{code: string, name: string}>} sorted as the language sorts
 */
export function countriesIn(locale) {
  const names = new Intl.DisplayNames([locale, "en"], { type: "region" });
  const order = new Intl.Collator(locale);
  return CODES.split(" ")
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((one, other) => order.compare(one.name, other.name));
}

/**
 * @param {string} code
 * @returns {boolean}
 */
export function isCountry(code) {
  return /^[A-Z]{2}$/.test(code) && CODES.includes(code);
}

/**
 * Where the visitor probably is: what the browser's language says, else where the account is.
 * @param {readonly string[]} languages
 * @param {string} account  two letters
 */
export function likelyCountry(languages, account) {
  for (const language of languages) {
    const region = new Intl.Locale(language).region;
    if (region && isCountry(region)) return region;
  }
  return account;
}

/**
 * Banks of these countries compare the postal code. Since 2025-09-30.clover only the United States are asked.
 * @param {string} country
 * @param {boolean} abroadToo
 */
export function asksPostalCode(country, abroadToo) {
  return country === "US" || (abroadToo && ["CA", "GB", "PR"].includes(country));
}

/**
 * @param {string} country
 * @param {string} text
 * @returns {string | null} Stripe's code for what is wrong
 */
export function postalCodeFault(country, text) {
  const code = text.trim();
  if (country === "US" || country === "PR") return /^\d{5}(-?\d{4})?$/.test(code) ? null : "incomplete_zip";
  return code.length >= 3 ? null : "incomplete_zip";
}
