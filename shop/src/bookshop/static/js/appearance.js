// Dresses the Payment Element in the shop's own colours and type, read from the page's CSS.

/** @import {Appearance, StripeElements} from "@stripe/stripe-js" */

const darkness = matchMedia("(prefers-color-scheme: dark)");

/**
 * The page's look as Stripe's appearance: plain colours, because the frame cannot see the page's CSS.
 *
 * @returns {Appearance}
 */
export function appearance() {
  const style = getComputedStyle(document.body);
  /** @param {string} name */
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    theme: darkness.matches ? "night" : "stripe",
    variables: {
      colorPrimary: token("--accent"),
      colorBackground: token("--field"),
      colorText: token("--ink"),
      colorTextSecondary: token("--ink-soft"),
      colorTextPlaceholder: token("--ink-faint"),
      colorDanger: token("--danger"),
      colorSuccess: token("--success"),
      fontFamily: token("--sans"),
      // Who reads large text in the page reads it in the form too.
      fontSizeBase: getComputedStyle(document.documentElement).fontSize,
      spacingUnit: "4px",
      borderRadius: "3px",
      focusBoxShadow: "none",
      focusOutline: `2px solid ${token("--focus")}`,
    },
    rules: {
      ".Input": { border: `1px solid ${token("--field-edge")}`, boxShadow: "none" },
      ".Input--invalid": { border: `1px solid ${token("--danger")}`, boxShadow: "none" },
      ".AccordionItem": { border: `1px solid ${token("--rule")}`, boxShadow: "none" },
      ".Tab": { border: `1px solid ${token("--rule")}`, boxShadow: "none" },
      ".Label": { color: token("--ink"), fontWeight: "500" },
    },
  };
}

/**
 * Dresses the form anew when the device goes from light to dark or back.
 *
 * @param {StripeElements} elements
 */
export function follow(elements) {
  // Assigned, not added: a form that was loaded again takes the place of the one that failed.
  darkness.onchange = () => void elements.update({ appearance: appearance() });
}
