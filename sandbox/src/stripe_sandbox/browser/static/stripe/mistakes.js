/** What a page is told when its own code is wrong: thrown, never returned, as Stripe.js does. */

export class IntegrationError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

/**
 * @param {string} where  the call, for instance "elements()"
 * @param {Record<string, unknown>} options
 * @param {readonly string[]} known
 */
export function warnOfUnknown(where, options, known) {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    console.warn(`[Stripe.js] Unrecognized ${where} parameter: ${name} is not a recognized parameter.`);
  }
}

/**
 * @param {string} where
 * @param {string} name  of the option, for instance "layout.radios"
 * @param {unknown} value
 * @param {readonly unknown[]} allowed
 */
export function demandOneOf(where, name, value, allowed) {
  if (value === undefined || allowed.includes(value)) return;
  const choice = allowed.map((one) => JSON.stringify(one)).join(", ");
  throw new IntegrationError(
    `Invalid value for ${where}: ${name} should be one of ${choice}. You specified: ${shown(value)}.`,
  );
}

/**
 * @param {string} where
 * @param {string} name
 * @param {unknown} value
 * @param {'string' | 'object' | 'boolean' | 'number'} kind
 */
export function demandType(where, name, value, kind) {
  if (value === undefined) return;
  const right = kind === "object" ? isObject(value) : typeof value === kind;
  if (right) return;
  const article = kind === "object" ? "an" : "a";
  throw new IntegrationError(
    `Invalid value for ${where}: ${name} should be ${article} ${kind}. You specified: ${shown(value)}.`,
  );
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/**
 * A secret names its object: `pi_…_secret_…`.
 * @param {string} where
 * @param {unknown} value
 * @returns {string} the PaymentIntent's id
 */
export function paymentIntentOf(where, value) {
  const match = typeof value === "string" ? /^(\w+?)_secret_\w+$/.exec(value) : null;
  if (!match?.[1])
    throw new IntegrationError(
      `Invalid value for ${where}: clientSecret should be a client secret of the form ` +
        `\${id}_secret_\${secret}. You specified: ${shown(value)}.`,
    );
  if (!match[1].startsWith("pi_"))
    throw new IntegrationError(
      `${where} was given the secret of ${match[1]}. This sandbox imitates PaymentIntents only so far.`,
    );
  return match[1];
}

/** @param {unknown} value */
function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
