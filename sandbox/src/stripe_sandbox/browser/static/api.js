/**
 * Requests to the API that need no more than a publishable key.
 * A POST is sent as a simple form, so the browser asks no permission (preflight) first.
 */

/** @typedef {import('@stripe/stripe-js').StripeError} StripeError */
/** @typedef {{value: any, error?: undefined} | {value?: undefined, error: StripeError}} Answer */
/** @typedef {{base: string, key: string, version?: string, account?: string}} Access */

/**
 * @param {Access} access  where the API is and as whom it is asked
 * @param {'GET' | 'POST'} method
 * @param {string} path  begins with /v1/
 * @param {Record<string, unknown>} parameters  nested objects become a[b]=c
 * @returns {Promise<Answer>} never rejects: what goes wrong is a value too
 */
export async function askApi(access, method, path, parameters) {
  const form = encodeForm({
    ...parameters,
    key: access.key,
    _stripe_version: access.version,
    _stripe_account: access.account,
  });
  const address = access.base + path;
  try {
    const response =
      method === "GET"
        ? await fetch(`${address}?${form}`, { credentials: "omit" })
        : await fetch(address, { method, body: form, credentials: "omit" });
    return readAnswer(response.status, await response.json());
  } catch (failure) {
    return { error: failure instanceof SyntaxError ? unreadable() : unreachable() };
  }
}

/**
 * @param {Record<string, unknown>} parameters  undefined values are left out
 * @returns {URLSearchParams}
 */
export function encodeForm(parameters) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) append(form, name, value);
  return form;
}

/**
 * @param {URLSearchParams} form
 * @param {string} name
 * @param {unknown} value
 */
function append(form, name, value) {
  if (value === undefined) return;
  if (Array.isArray(value)) value.forEach((item, index) => append(form, `${name}[${index}]`, item));
  else if (value !== null && typeof value === "object")
    for (const [key, inner] of Object.entries(value)) append(form, `${name}[${key}]`, inner);
  else form.append(name, value === null ? "" : String(value));
}

/**
 * @param {number} status
 * @param {any} body
 * @returns {Answer}
 */
function readAnswer(status, body) {
  if (status < 400) return { value: body };
  const error = body?.error ?? unreadable();
  return { error: status === 429 ? { ...error, type: "rate_limit_error" } : error };
}

/** @returns {StripeError} */
function unreachable() {
  return {
    type: "api_connection_error",
    message: "We could not reach the payment server. Please check your connection and try again.",
  };
}

/** @returns {StripeError} */
function unreadable() {
  return { type: "api_error", message: "The payment server gave an answer that could not be read." };
}
