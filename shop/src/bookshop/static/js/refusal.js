// What the shop answers when it opens no payment, in words beside what the customer can mend.

/** @import {StripeElements} from "@stripe/stripe-js" */
/** @import {Answer, Payable} from "./orders.js" */

import { emailField, report } from "./checkout_page.js";
import * as email from "./email.js";
import * as message from "./message.js";
import * as shipping from "./shipping.js";
import { takeNewCart, takeNewTotal } from "./total.js";
import { say } from "./words.js";

/**
 * @param {Exclude<Answer, Payable>} answer
 * @param {StripeElements} elements
 * @returns {Promise<false>}
 */
export async function showRefusal(answer, elements) {
  report("refused", { kind: answer.kind });
  switch (answer.kind) {
    case "invalid":
      showInvalid(answer.detail, answer.errors);
      break;
    case "total-changed":
      await takeNewTotal(answer.total, answer.shipping, elements, { refresh: true });
      message.show(answer.detail, { tone: "news" });
      break;
    case "cart-changed": {
      const isPayable = await takeNewCart(answer.checkoutUrl, elements);
      if (isPayable) await shipping.chosenAgain(elements);
      const link = isPayable ? undefined : { words: say("see-cart"), href: answer.cartUrl };
      message.show(answer.detail, { tone: "news", link });
      break;
    }
    case "already-paid":
      message.show(answer.detail, { tone: "news", link: { words: say("see-order"), href: answer.orderUrl } });
      break;
    case "unavailable":
      message.show(answer.detail);
  }
  return false;
}

/**
 * @param {string} detail
 * @param {Record<string, string>} errors
 */
function showInvalid(detail, { email: emailProblem, ...others }) {
  if (emailField && emailProblem) {
    email.showProblem(emailField, emailProblem);
    emailField.focus();
  }
  const words = Object.values(others);
  if (words.length > 0 || !emailField || !emailProblem) message.show([detail, ...words].join(" "));
}
