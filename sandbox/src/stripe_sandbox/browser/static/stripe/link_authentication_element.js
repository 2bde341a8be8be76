import { FramedElement } from "./framed_element.js";
import { demandType, warnOfUnknown } from "./mistakes.js";

/** @typedef {import('./elements.js').Group} Group */

const LINK_AUTHENTICATION = {
  type: "linkAuthentication",
  page: "elements-inner-link-authentication",
  title: "Secure email input frame",
};

/** An e-mail address, by which Link would recognise its customers. */
export class LinkAuthenticationElement extends FramedElement {
  #email = "";

  /**
   * @param {Group} group
   * @param {unknown} options
   */
  constructor(group, options) {
    demandType("elements.create()", "options", options, "object");
    const given = /** @type {Record<string, any>} */ (options ?? {});
    demandType("elements.create()", "defaultValues", given["defaultValues"], "object");
    warnOfUnknown("elements.create()", given, ["defaultValues"]);
    super(group, LINK_AUTHENTICATION, given);
  }

  /** @returns {import('@stripe/stripe-js').StripeLinkAuthenticationElement} */
  makeFace() {
    return this.commonFace();
  }

  /**
   * @param {string} name
   * @param {any} detail
   */
  noteEvent(name, detail) {
    if (name === "change") this.#email = detail.complete ? detail.value.email : "";
  }

  /** @param {{shipping?: any, billing_details?: any}} contact */
  addTo(contact) {
    if (this.#email && this.isMounted)
      contact.billing_details = { ...contact.billing_details, email: this.#email };
  }
}
