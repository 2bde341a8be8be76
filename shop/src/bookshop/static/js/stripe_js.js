// Waits for Stripe.js, which every page loads from Stripe's own address, and fetches it again when asked.

/** @import {StripeConstructor} from "@stripe/stripe-js" */

const PATIENCE = 20_000; // milliseconds; a script that hangs is a script that failed

/**
 * The Stripe constructor. Rejects when the script cannot be loaded.
 *
 * @returns {Promise<StripeConstructor>}
 */
export function loaded() {
  const script = /** @type {HTMLScriptElement} */ (document.getElementById("stripe-js"));
  return settled(script);
}

/**
 * Fetches Stripe.js once more, after it failed.
 *
 * @returns {Promise<StripeConstructor>}
 */
export function loadedAgain() {
  if (window.Stripe) return Promise.resolve(window.Stripe);
  const old = /** @type {HTMLScriptElement} */ (document.getElementById("stripe-js"));
  const script = document.createElement("script");
  script.id = old.id;
  script.src = old.src;
  script.async = true;
  old.replaceWith(script);
  return settled(script, { isNew: true });
}

/**
 * @param {HTMLScriptElement} script
 * @param {{isNew?: boolean}} [options]
 * @returns {Promise<StripeConstructor>}
 */
function settled(script, { isNew = false } = {}) {
  return new Promise((resolve, reject) => {
    const judge = () => (window.Stripe ? resolve(window.Stripe) : reject(new Error("Stripe.js did not load")));
    if (window.Stripe) return judge();
    setTimeout(judge, PATIENCE);
    script.addEventListener("load", judge);
    script.addEventListener("error", judge);
    if (isNew) return undefined;
    // The script may have failed before this module ran. The window's load event waits for it either way.
    if (document.readyState === "complete") return judge();
    addEventListener("load", judge);
    return undefined;
  });
}
