import { openChannel } from "../channel.js";

const hints = new URLSearchParams(location.hash.slice(1));
const lightbox = /** @type {HTMLElement} */ (document.querySelector(".Lightbox"));
const bank = /** @type {HTMLIFrameElement} */ (document.getElementById("challengeFrame"));
const cancel = /** @type {HTMLButtonElement} */ (document.querySelector(".Lightbox-cancel"));
let acs = "";

const page = openChannel({
  peer: () => window.parent,
  origin: hints.get("origin") ?? "",
  name: hints.get("channel") ?? "",
  calls: { open, escape: giveUp, focusFirst: () => cancel.focus(), focusLast: () => bank.focus() },
});
page.tell("loaded");

/**
 * @param {{acsUrl: string, dark: boolean}} challenge
 */
function open({ acsUrl, dark }) {
  const address = new URL(acsUrl);
  // Only our own bank is shown inside our own frame.
  if (address.origin !== location.origin) return;
  acs = address.href;
  document.documentElement.classList.toggle("is-dark", dark);
  if (dark) address.searchParams.set("theme", "dark");
  bank.src = address.href;
  lightbox.hidden = false;
  cancel.addEventListener("click", giveUp);
  document.addEventListener("keydown", (event) => event.key === "Escape" && giveUp());
  bank.addEventListener("load", () => bank.focus());
}

window.addEventListener("message", ({ source, origin, data }) => {
  if (source !== bank.contentWindow || origin !== location.origin) return;
  if (data === "challenge-finished") page.tell("finished");
  if (data === "challenge-canceled") giveUp();
});

/** Whoever closes the challenge has not authenticated: the bank is told, and the payment fails. */
async function giveUp() {
  cancel.disabled = true;
  await fetch(`${acs}/fail`, { method: "POST" }).catch(() => undefined);
  page.tell("finished");
}
