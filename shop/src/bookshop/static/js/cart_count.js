// The count beside "Cart" in the masthead.

const link = /** @type {HTMLElement} */ (document.querySelector(".masthead-cart"));

/** @param {Document} page  any page of the shop that is newer than this one */
export function takeCount(page) {
  const fresh = page.querySelector(".masthead-cart");
  if (!fresh) return;
  link.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  link.setAttribute("aria-label", fresh.getAttribute("aria-label") ?? "");
}
