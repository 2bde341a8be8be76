import { resultOf, retrieveIntent } from "./intents.js";
import { cover } from "./overlay.js";

/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */

const MILLISECONDS_BETWEEN_LOOKS = 1000;

/** How each method's code is shown. An unpaid PayNow code fails after an hour. */
export const QR_CODES = {
  wechat_pay_display_qr_code: { method: "wechat_pay", title: "WeChat Pay", seconds: null },
  paynow_display_qr_code: { method: "paynow", title: "PayNow", seconds: 3600 },
};

/**
 * Shows the code until the intent has moved on, or the customer closes the window. Then the intent is still
 * in `requires_action`: the code that was scanned may yet be paid.
 * @param {import('../api.js').Access & {locale?: string}} access
 * @param {any} intent
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
export async function showQrCode(access, intent, clientSecret) {
  const kind = /** @type {keyof typeof QR_CODES} */ (intent.next_action.type);
  const code = intent.next_action[kind];
  const { method, title, seconds } = QR_CODES[kind];
  let open = true;
  const changed = await cover({
    page: "qr-code",
    title,
    contents: {
      method,
      seconds,
      image: code.image_url_svg,
      testPage: URL.canParse(code.data) ? code.data : code.hosted_instructions_url,
      locale: access.locale ?? "en",
    },
    until: (close) => {
      const look = async () => {
        if (!open) return;
        const { value } = await retrieveIntent(access, clientSecret);
        if (value && value.status !== "requires_action") close(value);
        else setTimeout(look, MILLISECONDS_BETWEEN_LOOKS);
      };
      setTimeout(look, MILLISECONDS_BETWEEN_LOOKS);
    },
  });
  open = false;
  if (changed) return resultOf(changed);
  const { value, error } = await retrieveIntent(access, clientSecret);
  return error ? { error } : resultOf(value);
}
