// A page as a shop writes it for Stripe. The tests call `shop` and press its button.
const shop = {
  events: [],
  deferred: true,
  redirect: "if_required",
  clientSecret: null,
  intent: { amount: 2300, currency: "sgd" },
  params: { return_url: `${location.origin}/done?order=7#receipt` },

  async createIntent(parameters) {
    const response = await fetch("/intents", { method: "POST", body: JSON.stringify(parameters) });
    return (await response.json()).client_secret;
  },

  // The card alone, unless a test is about the choice among methods: that is `methods: null` or a list.
  start({ key = "pk_test_shop", stripe: stripeOptions, elements = {}, element, methods = ["card"] } = {}) {
    this.stripe = Stripe(key, stripeOptions);
    const offer = this.clientSecret
      ? { clientSecret: this.clientSecret }
      : { mode: "payment", amount: this.intent.amount, currency: this.intent.currency };
    if (methods && !this.clientSecret) offer.allowedPaymentMethodTypes = methods;
    const open = this.clientSecret ? { layout: { type: "accordion", defaultCollapsed: false } } : {};
    if (methods) element = { wallets: { googlePay: "never" }, ...open, ...element };
    this.elements = this.stripe.elements({ ...offer, ...elements });
    this.payment = this.elements.create("payment", element);
    for (const name of ["ready", "loaderstart", "loaderror", "change", "focus", "blur", "escape"])
      this.payment.on(name, (event) => this.events.push([name, event]));
    this.payment.mount("#payment-element");
    const iframe = document.querySelector("#payment-element iframe");
    this.loaded = new Promise((resolve) => iframe.addEventListener("load", resolve));
    return this.seen(["ready", "loaderror"]);
  },

  // Resolves with the first of these events that has come or comes, and fits.
  seen(names, fits = () => true) {
    return new Promise((resolve) => {
      const look = () => this.events.find(([name, event]) => [names].flat().includes(name) && fits(event));
      if (look()) return resolve(look());
      for (const name of [names].flat()) this.payment.on(name, () => look() && resolve(look()));
    });
  },

  // Resolves with what the press of the button has led to.
  ended() {
    return this.ending;
  },

  async pay() {
    const { error: incomplete } = await this.elements.submit();
    if (incomplete) return { error: incomplete };
    const clientSecret = this.clientSecret ?? (await this.createIntent(this.intent));
    if (this.deferred) this.clientSecret = clientSecret;
    const { stripe, elements, redirect, params: confirmParams } = this;
    return stripe.confirmPayment({ elements, clientSecret, confirmParams, redirect });
  },
};

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("#pay").addEventListener("click", () => {
    shop.ending = shop.pay().catch((mistake) => ({ thrown: mistake.name, message: mistake.message }));
    shop.ending.then(({ error, paymentIntent, message }) => {
      document.querySelector("#message").textContent = error?.message ?? paymentIntent?.status ?? message;
    });
  });
});
