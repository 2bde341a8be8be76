import { FramedElement } from "./framed_element.js";
import { IntegrationError } from "./mistakes.js";
import { checkPaymentElementOptions } from "./payment_element_options.js";

/** @typedef {import('./elements.js').Group} Group */

const PAYMENT = {
  type: "payment",
  page: "elements-inner-payment",
  title: "Secure payment input frame",
};
/** Of the card form. */
const EXPECTED_HEIGHT = { accordion: 311, tabs: 240 };

/** A Payment Element as the group that owns it sees it. */
export class PaymentElement extends FramedElement {
  /**
   * @param {Group} group
   * @param {unknown} options
   */
  constructor(group, options) {
    super(group, PAYMENT, checkPaymentElementOptions("elements.create()", options));
  }

  get expectedHeight() {
    return EXPECTED_HEIGHT[this.#layoutType()];
  }

  get hints() {
    return { ...super.hints, layout: this.#layoutType() };
  }

  /** @param {unknown} options */
  checkUpdate(options) {
    const changes = checkPaymentElementOptions("element.update()", options);
    const layout = changes["layout"];
    if (layout && typeof layout === "object" && "defaultCollapsed" in layout)
      throw new IntegrationError(
        "Invalid value for element.update(): layout.defaultCollapsed cannot be updated.",
      );
    return changes;
  }

  /** @returns {import('@stripe/stripe-js').StripePaymentElement} */
  makeFace() {
    return {
      ...this.commonFace(),
      collapse: () => this.chain(() => this.whenMounted("collapse")),
    };
  }

  #layoutType() {
    const layout = this.options["layout"];
    return (layout?.type ?? layout) === "tabs" ? "tabs" : "accordion";
  }
}
