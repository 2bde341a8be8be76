// The order page: follows the order while it is not final, and shows the new state when it changes.

import { takeCount } from "./cart_count.js";
import { offerCopying } from "./copy.js";
import { pageOf } from "./fetched_page.js";
import { offerResuming } from "./resume.js";

const FIRST_PAUSE = 1000; // milliseconds
const LONGEST_PAUSE = 15_000;

/** @returns {HTMLElement} */
const order = () => /** @type {HTMLElement} */ (document.getElementById("order"));

offerCopying(document);
offerResuming(takeNewState);
if (order().dataset.isFinal !== "true") void follow();

/** Asks again and again, more and more rarely; a hidden page does not ask. */
async function follow() {
  let pause = FIRST_PAUSE;
  for (;;) {
    await waited(pause);
    await visible();
    pause = Math.min(pause * 1.4, LONGEST_PAUSE);
    if (!(await hasChanged())) continue;
    await takeNewState();
    if (order().dataset.isFinal === "true") return;
    pause = FIRST_PAUSE;
  }
}

async function hasChanged() {
  const { statusUrl = "", scene, state, method } = order().dataset;
  try {
    const response = await fetch(statusUrl, { headers: { Accept: "application/json" } });
    if (!response.ok) return false;
    const now = await response.json();
    return now.scene !== scene || now.state !== state || (now.method ?? "") !== method;
  } catch {
    return false; // No connection just now; the next question may find one.
  }
}

/** Replaces the order with a fresh copy from the server, and reads the new headline out. */
async function takeNewState() {
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = await pageOf(response);
    const fresh = page.getElementById("order");
    if (!fresh) return;
    order().replaceWith(document.adoptNode(fresh));
    takeCount(page); // What was paid has left the cart.
    document.title = page.title;
    offerCopying(order());
    offerResuming(takeNewState);
    announce();
  } catch {
    // The next question will find the same change again.
  }
}

function announce() {
  const place = document.getElementById("announcement");
  const headline = document.getElementById("headline")?.textContent ?? "";
  if (place) place.textContent = headline;
}

/** @param {number} pause  milliseconds */
function waited(pause) {
  return new Promise((resolve) => setTimeout(resolve, pause));
}

/** @returns {Promise<void>} */
function visible() {
  return new Promise((resolve) => {
    if (document.visibilityState === "visible") return resolve();
    const check = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    return undefined;
  });
}
