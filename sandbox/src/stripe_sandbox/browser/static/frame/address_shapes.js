/** Which parts an address has where, as far as letters and parcels need them. */

/** Countries without postal codes. */
const NO_POSTAL_CODE =
  "AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CM DJ DM ER FJ GA GD GH GM GN GQ GY HK JM KI KM KN KP LC " +
  "ML MO MR MW NR NU PA QA RW SB SC SL SR ST SY TD TF TG TK TO TT TV UG VU YE ZW";
/** Countries whose addresses name a state, province, prefecture or region. */
const WITH_STATE = "AR AU BR CA CN ES ID IN IT JP KR MX MY PH TH US VN";
/** City states. */
const NO_CITY = "GI MC SG VA";

/**
 * @param {string} country
 * @returns {{city: boolean, state: boolean, postal_code: boolean, stateLabel: string, postalCodeLabel: string}}
 */
export function shapeOf(country) {
  const american = country === "US" || country === "PR";
  return {
    city: !NO_CITY.includes(country),
    state: WITH_STATE.includes(country),
    postal_code: !NO_POSTAL_CODE.includes(country),
    stateLabel: country === "JP" ? "prefecture" : country === "US" || country === "AU" ? "state" : "province",
    postalCodeLabel: american ? "zip" : "postalCode",
  };
}
