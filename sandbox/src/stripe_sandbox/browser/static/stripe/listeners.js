/** Who listens to what, for elements and groups of elements. */

/** @typedef {(event: any) => unknown} Handler */

export class Listeners {
  /** @type {Map<string, Map<Handler, boolean>>} */
  #handlers = new Map();

  /**
   * @param {string} event
   * @param {Handler} handler
   * @param {boolean} once
   */
  add(event, handler, once = false) {
    const handlers = this.#handlers.get(event) ?? new Map();
    this.#handlers.set(event, handlers.set(handler, once));
  }

  /**
   * @param {string} event
   * @param {Handler} [handler]  without one, all go
   */
  remove(event, handler) {
    if (handler) this.#handlers.get(event)?.delete(handler);
    else this.#handlers.delete(event);
  }

  /**
   * @param {string} event
   * @param {unknown} [detail]
   * @returns {boolean} whether anybody listened
   */
  emit(event, detail) {
    const handlers = [...(this.#handlers.get(event) ?? [])];
    for (const [handler, once] of handlers) {
      if (once) this.remove(event, handler);
      try {
        handler(detail);
      } catch (mistake) {
        reportError(mistake);
      }
    }
    return handlers.length > 0;
  }

  clear() {
    this.#handlers.clear();
  }
}
