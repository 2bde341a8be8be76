// Buys through Stripe's Node SDK, as a shop's server does, and says what happened as JSON.
import Stripe from 'stripe';

const [host, port] = process.argv.slice(2);
const stripe = new Stripe('sk_test_node', {host, port: Number(port), protocol: 'http', telemetry: false});
const story = {};

const intent = await stripe.paymentIntents.create({
  amount: 2300,
  currency: 'sgd',
  metadata: {order_id: '6735'},
});
try {
  await stripe.paymentIntents.confirm(intent.id, {
    payment_method: 'pm_card_chargeDeclined',
    return_url: 'https://shop.example',
  });
} catch (error) {
  story.declined = {type: error.type, code: error.code, decline_code: error.decline_code};
}
const paid = await stripe.paymentIntents.confirm(intent.id, {
  payment_method: 'pm_card_visa',
  return_url: 'https://shop.example',
  expand: ['latest_charge'],
});
story.paid = {status: paid.status, last4: paid.latest_charge.payment_method_details.card.last4};

const refund = await stripe.refunds.create({payment_intent: intent.id, amount: 300});
story.refunded = refund.status;

const warnings = await stripe.radar.earlyFraudWarnings.list({payment_intent: intent.id});
const reviews = await stripe.reviews.list();
story.judged = [warnings.data.length, reviews.data.length];
try {
  await stripe.testHelpers.refunds.expire(refund.id);
} catch (error) {
  story.kept = error.message;
}

const types = [];
for await (const event of stripe.events.list({limit: 3})) types.push(event.type);
story.events = types.reverse();

try {
  await stripe.paymentIntents.create({amount: 2300, currency: 'sgd', payment_method_types: ['card']});
} catch (error) {
  story.refused = error.code;
}

const endpoint = await stripe.webhookEndpoints.create({url: 'http://127.0.0.1:9/hook', enabled_events: ['*']});
const payload = JSON.stringify({id: 'evt_1', object: 'event'});
const header = stripe.webhooks.generateTestHeaderString({payload, secret: endpoint.secret});
story.signed = stripe.webhooks.constructEvent(payload, header, endpoint.secret).id;

console.log(JSON.stringify(story));
