import { openChannel } from "../channel.js";
import { PUBLIC_URL } from "./train.js";

/** @typedef {{iframe: HTMLIFrameElement} & import('../channel.js').Channel} Frame */

let framesOpened = Math.floor(Math.random() * 5000);

/**
 * Opens one of the sandbox's own pages inside `parent`.
 *
 * Styles are set property by property (CSSOM), which a page's style-src does not restrict.
 *
 * @param {object} frame
 * @param {string} frame.path  on the sandbox
 * @param {string} frame.title  what a screen reader says
 * @param {HTMLElement} frame.parent
 * @param {Record<string, string>} frame.styles
 * @param {Record<string, string>} [frame.hints]  what the frame must know before the first message
 * @param {Record<string, (argument: any) => unknown>} frame.calls  what the frame may ask of the page
 * @returns {Frame}
 */
export function openFrame({ path, title, parent, styles, hints, calls }) {
  const iframe = document.createElement("iframe");
  const name = crypto.getRandomValues(new Uint32Array(4)).join("-");
  iframe.name = `__privateStripeFrame${++framesOpened}`;
  iframe.title = title;
  iframe.allow = "payment *; publickey-credentials-get *";
  // The frame is drawn on the page's own background, which needs both documents in the same colour scheme.
  for (const [property, value] of Object.entries({ border: "0", "color-scheme": "light only", ...styles }))
    iframe.style.setProperty(property, value, "important");
  const channel = openChannel({
    peer: () => iframe.contentWindow,
    origin: new URL(PUBLIC_URL).origin,
    name,
    calls,
  });
  const fragment = new URLSearchParams({ ...hints, channel: name, origin: location.origin });
  iframe.src = `${PUBLIC_URL}${path}#${fragment}`;
  parent.append(iframe);
  const close = () => {
    channel.close();
    iframe.remove();
  };
  return { iframe, ...channel, close };
}
