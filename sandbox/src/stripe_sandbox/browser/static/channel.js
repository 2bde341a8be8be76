/**
 * The conversation between a page and one of our frames. Each side hears only the other's window, only from
 * the other's origin, and only with the random name that this frame was opened with.
 */

/**
 * @typedef {object} Channel
 * @property {(name: string, argument?: unknown) => Promise<any>} call  gives what the other side returns
 * @property {(name: string, argument?: unknown) => void} tell  the same, when no answer is of interest
 * @property {() => void} close
 */

/**
 * @param {object} ends
 * @param {() => Window | null} ends.peer
 * @param {string} ends.origin  the other side's origin
 * @param {string} ends.name
 * @param {Record<string, (argument: any) => unknown>} ends.calls  what the other side may ask for
 * @returns {Channel}
 */
export function openChannel({ peer, origin, name: channel, calls }) {
  /** @type {Map<number, (value: unknown) => void>} */
  const waiting = new Map();
  let count = 0;
  // A page opened from a file has the origin "null", which cannot be addressed.
  const target = origin === "null" ? "*" : origin;

  /** @param {Record<string, unknown>} message */
  function post(message) {
    peer()?.postMessage({ channel, ...message }, target);
  }

  /** @param {MessageEvent} event */
  async function hear(event) {
    if (event.source !== peer() || event.origin !== origin || event.data?.channel !== channel) return;
    const { id, name, argument, value } = event.data;
    if (name === undefined) {
      waiting.get(id)?.(value);
      waiting.delete(id);
      return;
    }
    const answer = Object.hasOwn(calls, name) ? await calls[name]?.(argument) : undefined;
    if (id !== undefined) post({ id, value: answer });
  }

  window.addEventListener("message", hear);
  return {
    call: (name, argument) =>
      new Promise((resolve) => {
        const id = ++count;
        waiting.set(id, resolve);
        post({ id, name, argument });
      }),
    tell: (name, argument) => post({ name, argument }),
    close: () => window.removeEventListener("message", hear),
  };
}
