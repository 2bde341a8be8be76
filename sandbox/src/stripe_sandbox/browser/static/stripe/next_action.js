import { askApi } from '../api.js';
import { openFrame } from './frames.js';
import { paymentIntentOf } from './mistakes.js';
import { TRAIN } from './train.js';

/** @typedef {import('../api.js').Access} Access */
/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */

const NOT_AUTHENTICATED =
  'We are unable to authenticate your payment method. Please choose a different payment method and try again.';

/**
 * Does what an intent in `requires_action` asks of the customer.
 * @param {Access} access
 * @param {any} intent
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
export async function performNextAction(access, intent, clientSecret) {
  if (intent.status !== 'requires_action') return { paymentIntent: intent };
  const action = intent.next_action;
  if (action.type === 'use_stripe_sdk') return authenticate(access, action.use_stripe_sdk, clientSecret);
  if (action.type === 'redirect_to_url') {
    window.location.assign(action.redirect_to_url.url);
    return new Promise(() => undefined);
  }
  return {
    error: { type: 'api_error', message: `The next action ${action.type} is not imitated by this sandbox.` },
  };
}

/**
 * @param {Access} access
 * @param {string} clientSecret
 * @returns {Promise<import('../api.js').Answer>}
 */
export function retrieveIntent(access, clientSecret) {
  const id = paymentIntentOf('stripe.retrievePaymentIntent()', clientSecret);
  return askApi(access, 'GET', `/v1/payment_intents/${id}`, { client_secret: clientSecret });
}

/**
 * 3-D Secure 2: ask the card's bank, and show its challenge when it wants to see the customer.
 * @param {Access} access
 * @param {{three_d_secure_2_source: string}} action
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
async function authenticate(access, action, clientSecret) {
  const source = action.three_d_secure_2_source;
  const asked = await askApi(access, 'POST', '/v1/3ds2/authenticate', { source });
  if (asked.error) return { error: asked.error };
  if (asked.value.state === 'challenge_required') {
    await showChallenge(asked.value.ares.acsURL);
    await askApi(access, 'POST', '/v1/3ds2/challenge_complete', { source });
  }
  const { value: intent, error } = await retrieveIntent(access, clientSecret);
  if (error) return { error };
  return intent.status === 'requires_payment_method' ? { error: failureOf(intent) } : { paymentIntent: intent };
}

/**
 * @param {any} intent
 * @returns {import('@stripe/stripe-js').StripeError}
 */
function failureOf(intent) {
  const failure = intent.last_payment_error;
  const unauthenticated = failure?.code === 'payment_intent_authentication_failure';
  return { ...failure, ...(unauthenticated && { message: NOT_AUTHENTICATED }), payment_intent: intent };
}

/**
 * Covers the page with the bank's challenge until the customer has completed, failed or closed it.
 * @param {string} acsUrl
 * @returns {Promise<void>}
 */
function showChallenge(acsUrl) {
  const overlay = document.createElement('div');
  overlay.setAttribute('role', 'dialog');
  overlay.setAttribute('aria-modal', 'true');
  overlay.setAttribute('aria-label', '3D Secure');
  const everywhere = { position: 'fixed', inset: '0', width: '100%', height: '100%' };
  for (const [property, value] of Object.entries({ ...everywhere, 'z-index': '2147483647' }))
    overlay.style.setProperty(property, value, 'important');
  const cameFrom = document.activeElement;
  const hidden = [...document.body.children].filter((child) => child instanceof HTMLElement && !child.inert);
  const inert = (/** @type {boolean} */ state) =>
    hidden.forEach((child) => (/** @type {HTMLElement} */ (child).inert = state));
  document.body.prepend(overlay);
  return new Promise((resolve) => {
    const frame = openFrame({
      path: `/${TRAIN}/three-ds-2-challenge.html`,
      title: '3D Secure authentication',
      parent: overlay,
      styles: everywhere,
      calls: {
        loaded: () => {
          frame.iframe.focus();
          frame.tell('open', { acsUrl, dark: isDark() });
        },
        finished: () => {
          frame.close();
          overlay.remove();
          inert(false);
          if (cameFrom instanceof HTMLElement) cameFrom.focus();
          resolve();
        },
      },
    });
    inert(true);
  });
}

/** Whether the page behind is dark, whatever the system prefers. */
function isDark() {
  for (const element of [document.body, document.documentElement]) {
    const color = getComputedStyle(element).backgroundColor;
    const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    if (color.startsWith('rgb') && alpha > 0.5) return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 100;
  }
  return getComputedStyle(document.documentElement).colorScheme.includes('dark')
    ? matchMedia('(prefers-color-scheme: dark)').matches
    : false;
}
