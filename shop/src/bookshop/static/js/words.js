// What our modules say, in the language of the page, which carries the words as a data block.

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/**
 * The words under this name, with values in the place of `%(name)s`.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 */
export function say(name, values = {}) {
  // A page of another release may lack a word; a name on the screen is better than a payment that breaks off.
  return (words[name] ?? name).replace(/%\((\w+)\)s/g, (whole, key) => String(values[key] ?? whole));
}
