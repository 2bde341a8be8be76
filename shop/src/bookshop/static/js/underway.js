// While a payment is under way the page stands under its order's address: whoever closes the tab at the bank's
// page, or goes back from it, finds the order in the browser's history and not an empty form.

/**
 * @template T
 * @param {string} orderUrl
 * @param {() => Promise<T>} confirming
 * @returns {Promise<T>}  what `confirming` gives; the checkout has its own address again
 */
export async function underOrderAddress(orderUrl, confirming) {
  const checkout = location.href;
  history.replaceState(history.state, "", orderUrl);
  try {
    return await confirming();
  } finally {
    history.replaceState(history.state, "", checkout);
    showOrderLink(orderUrl);
  }
}

/** @param {string} orderUrl */
function showOrderLink(orderUrl) {
  const place = /** @type {HTMLElement} */ (document.getElementById("order-link"));
  /** @type {HTMLAnchorElement} */ (place.querySelector("a")).href = orderUrl;
  place.hidden = false;
}
