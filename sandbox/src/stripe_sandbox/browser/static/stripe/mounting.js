import { IntegrationError } from "./mistakes.js";

/** A promise with its handles; that nobody waits for its rejection is no mistake. */
export function expectation() {
  /** @type {(value: any) => void} */
  let settle = () => undefined;
  /** @type {(reason: Error) => void} */
  let fail = () => undefined;
  const promise = new Promise((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  promise.catch(() => undefined);
  return { promise, settle, fail };
}

/**
 * @param {unknown} target
 * @returns {HTMLElement}
 */
export function containerOf(target) {
  if (target instanceof HTMLElement) return target;
  if (typeof target !== "string")
    throw new IntegrationError("Invalid DOM element. Call mount() with a CSS selector or a DOM element.");
  const found = document.querySelector(target);
  if (found instanceof HTMLElement) return found;
  throw new IntegrationError(
    `The selector you specified (${target}) applies to no DOM elements that are currently on the page.`,
  );
}
