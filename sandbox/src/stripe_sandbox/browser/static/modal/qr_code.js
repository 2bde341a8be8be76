import { connectModal } from "./modal.js";
import { modalWords } from "./modal_words.js";

/**
 * @typedef {object} Contents
 * @property {'wechat_pay' | 'paynow'} method
 * @property {string} image  address of the code
 * @property {string} testPage
 * @property {number | null} seconds  until the code expires, null when it does not
 * @property {string} locale
 */

const part = (/** @type {string} */ name) =>
  /** @type {HTMLElement} */ (document.querySelector(`[data-part="${name}"]`));

connectModal(open);

/** @param {Contents} contents */
function open({ method, image, testPage, seconds, locale }) {
  const { say, language } = modalWords(locale);
  document.documentElement.lang = language;
  document.querySelector(".Modal-close")?.setAttribute("aria-label", say("close"));
  part("title").textContent = say(method);
  part("how").textContent = say(method === "wechat_pay" ? "scanWithWechat" : "scanWithBank");
  part("waiting").textContent = say("waiting");
  part("noPhone").textContent = `${say("noPhone")} `;
  const code = /** @type {HTMLImageElement} */ (part("code"));
  // Only our own codes and pages are shown inside our own window.
  if (new URL(image).origin === location.origin) code.src = image;
  code.alt = part("how").textContent ?? "";
  const link = /** @type {HTMLAnchorElement} */ (part("testPage"));
  if (new URL(testPage).origin === location.origin) link.href = testPage;
  link.textContent = say("openTestPage");
  if (seconds !== null) countDown(Date.now() + seconds * 1000, say);
}

/**
 * @param {number} end  milliseconds
 * @param {ReturnType<typeof modalWords>["say"]} say
 */
function countDown(end, say) {
  const show = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    part("expires").textContent = say("expires", { time });
  };
  show();
  setInterval(show, 1000);
}
