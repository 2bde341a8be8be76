// Puts a book into the cart without leaving the page, and keeps the count beside "Cart" true. Without this
// script the same forms lead to the cart itself.

import { takeCount } from "./cart_count.js";
import { pageOf } from "./fetched_page.js";

const news = /** @type {HTMLElement} */ (document.getElementById("cart-news"));

const SECONDS_OF_THANKS = 2;

for (const form of document.querySelectorAll("form.add-to-cart")) {
  if (!(form instanceof HTMLFormElement)) continue;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void add(form);
  });
}

// A page that comes back from the browser's memory shows the count of then.
addEventListener("pageshow", ({ persisted }) => persisted && void recount());

/** @param {HTMLFormElement} form */
async function add(form) {
  if (form.ariaBusy === "true") return; // A double click means one copy.
  form.ariaBusy = "true";
  try {
    const book = /** @type {HTMLInputElement} */ (form.elements.namedItem("book")).value;
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams({ book }) });
    const cart = await pageOf(response);
    // Whatever else the shop has to say is said on the cart's own page.
    if (!response.ok || !response.url.includes("added=")) location.assign(response.url);
    else showAdded(form, cart);
  } catch {
    location.assign("/cart"); // Whether it was added is for the cart to say; sending it again might add two.
  }
  form.ariaBusy = "false";
}

/**
 * @param {HTMLFormElement} form
 * @param {Document} cart  the cart's page after the change
 */
function showAdded(form, cart) {
  takeCount(cart);
  news.textContent = cart.querySelector(".notice")?.textContent ?? "";
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  if (button.dataset.words) return; // It says so already.
  const words = /** @type {HTMLElement} */ (button.firstElementChild);
  button.dataset.words = words.textContent ?? "";
  words.textContent = button.dataset.done ?? "";
  setTimeout(() => {
    words.textContent = button.dataset.words ?? "";
    delete button.dataset.words;
  }, SECONDS_OF_THANKS * 1000);
}

async function recount() {
  takeCount(await pageOf(await fetch("/cart")));
}
