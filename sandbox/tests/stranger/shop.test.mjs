// A Node shop's suite for node's own test runner. The address comes from the environment, as it would for stripe-mock.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_node', {
  host: process.env.STRIPE_HOST,
  port: Number(process.env.STRIPE_PORT),
  protocol: 'http',
  telemetry: false,
});
const outside = {return_url: 'https://shop.example/done'};

/** @param {Record<string, unknown>} params */
const pay = (params = {}) =>
  stripe.paymentIntents.create({
    amount: 1099,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    ...outside,
    ...params,
  });

test('customers: create, update, find, list, delete', async () => {
  const customer = await stripe.customers.create({email: 'jenny@node.example', name: 'Jenny Node'});
  const updated = await stripe.customers.update(customer.id, {metadata: {tier: 'gold'}, name: ''});
  assert.deepEqual({...updated.metadata}, {tier: 'gold'});
  assert.equal(updated.name, null);
  const {data} = await stripe.customers.list({email: 'jenny@node.example'});
  assert.deepEqual(data.map(({id}) => id), [customer.id]);
  const found = await stripe.customers.search({query: "metadata['tier']:'gold'"});
  assert.deepEqual(found.data.map(({id}) => id), [customer.id]);
  assert.equal((await stripe.customers.del(customer.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
});

test('a saved card: attach, default, charge off session, detach', async () => {
  const customer = await stripe.customers.create({});
  const method = await stripe.paymentMethods.attach('pm_card_mastercard', {customer: customer.id});
  await stripe.customers.update(customer.id, {invoice_settings: {default_payment_method: method.id}});
  const expanded = await stripe.customers.retrieve(customer.id, {
    expand: ['invoice_settings.default_payment_method'],
  });
  assert.equal(expanded.invoice_settings.default_payment_method.card.brand, 'mastercard');
  const intent = await stripe.paymentIntents.create({
    amount: 1099, currency: 'usd', customer: customer.id, payment_method: method.id, off_session: true, confirm: true,
  });
  assert.equal(intent.status, 'succeeded');
  const saved = await stripe.customers.listPaymentMethods(customer.id);
  assert.deepEqual(saved.data.map(({id}) => id), [method.id]);
  assert.equal((await stripe.customers.retrievePaymentMethod(customer.id, method.id)).id, method.id);
  assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null);
});

test('setup intents: saved, refused, canceled', async () => {
  const customer = await stripe.customers.create({});
  const setup = await stripe.setupIntents.create({customer: customer.id, usage: 'on_session'});
  await assert.rejects(
    stripe.setupIntents.confirm(setup.id, {payment_method: 'pm_card_chargeDeclined', ...outside}),
    (error) => {
      assert.equal(error.type, 'StripeCardError');
      assert.equal(error.setup_intent.status, 'requires_payment_method');
      return true;
    },
  );
  const done = await stripe.setupIntents.confirm(setup.id, {payment_method: 'pm_card_visa', ...outside});
  assert.equal(done.status, 'succeeded');
  const other = await stripe.setupIntents.create({});
  assert.equal((await stripe.setupIntents.cancel(other.id)).status, 'canceled');
  const listed = await stripe.setupIntents.list({customer: customer.id});
  assert.deepEqual(listed.data.map(({id}) => id), [setup.id]);
  const attempts = await stripe.setupAttempts.list({setup_intent: setup.id});
  assert.deepEqual(attempts.data.map(({status}) => status), ['succeeded', 'failed']);
});

test('payment intents: update, expand, capture, search, auto-pagination', async () => {
  const held = await pay({capture_method: 'manual', metadata: {order: 'node-1'}});
  assert.equal(held.status, 'requires_capture');
  await stripe.paymentIntents.update(held.id, {description: 'Order node-1'});
  const taken = await stripe.paymentIntents.capture(held.id, {expand: ['latest_charge.balance_transaction']});
  assert.equal(taken.latest_charge.amount_captured, 1099);
  const {data} = await stripe.paymentIntents.search({query: "metadata['order']:'node-1' AND status:'succeeded'"});
  assert.deepEqual(data.map(({id}) => id), [held.id]);
  await pay();
  const all = [];
  for await (const intent of stripe.paymentIntents.list({limit: 2})) all.push(intent.id);
  assert.ok(all.length >= 3);
  assert.equal(new Set(all).size, all.length);
  const few = await stripe.paymentIntents.list({limit: 1}).autoPagingToArray({limit: 2});
  assert.equal(few.length, 2);
});

test('3-D Secure is asked for, and refused off session', async () => {
  const asked = await pay({payment_method: 'pm_card_authenticationRequired'});
  assert.equal(asked.status, 'requires_action');
  assert.equal(asked.next_action.redirect_to_url.return_url, outside.return_url);
  await assert.rejects(pay({payment_method: 'pm_card_authenticationRequired', off_session: true}), {
    code: 'authentication_required',
  });
});

test('errors have the SDK\'s classes and fields', async () => {
  const cases = [
    [() => pay({payment_method: 'pm_card_chargeDeclinedExpiredCard'}), 'StripeCardError', 402, 'expired_card', 'exp_month'],
    [() => stripe.paymentIntents.create({currency: 'usd'}), 'StripeInvalidRequestError', 400, 'parameter_missing', 'amount'],
    [() => stripe.paymentIntents.retrieve('pi_none'), 'StripeInvalidRequestError', 404, 'resource_missing', 'intent'],
    [() => stripe.customers.list({}, {apiKey: 'sk_bad'}), 'StripeAuthenticationError', 401, undefined, undefined],
    [() => stripe.customers.list({}, {apiKey: 'pk_test_page'}), 'StripePermissionError', 403, 'secret_key_required', undefined],
    [() => stripe.customers.create({}, {stripeAccount: 'acct_other'}), 'StripeInvalidRequestError', 400, undefined, undefined],
  ];
  for (const [call, type, statusCode, code, param] of cases) {
    await assert.rejects(call(), (error) => {
      assert.deepEqual(
        {type: error.type, statusCode: error.statusCode, code: error.code, param: error.param},
        {type, statusCode, code, param},
      );
      assert.match(error.requestId, /^req_/);
      return true;
    });
  }
});

test('idempotency keys answer once and complain about other parameters', async () => {
  const options = {idempotencyKey: `order-${Date.now()}`};
  const first = await stripe.paymentIntents.create({amount: 1099, currency: 'usd'}, options);
  const again = await stripe.paymentIntents.create({amount: 1099, currency: 'usd'}, options);
  assert.equal(again.id, first.id);
  assert.equal(again.lastResponse.idempotencyKey, options.idempotencyKey);
  await assert.rejects(stripe.paymentIntents.create({amount: 7, currency: 'usd'}, options), {
    type: 'StripeIdempotencyError',
  });
});

test('refunds, balance, transactions, events, products, the account', async () => {
  const intent = await pay();
  const refund = await stripe.refunds.create({payment_intent: intent.id, amount: 99, metadata: {why: 'late'}});
  assert.equal(refund.status, 'succeeded');
  assert.ok(Array.isArray((await stripe.balance.retrieve()).available));
  const refunds = await stripe.balanceTransactions.list({type: 'refund', limit: 1});
  assert.equal(refunds.data[0].amount, -99);
  const created = await stripe.events.list({type: 'refund.created', limit: 1});
  assert.equal((await stripe.events.retrieve(created.data[0].id)).data.object.id, refund.id);
  const product = await stripe.products.create({name: 'A book', default_price_data: {currency: 'usd', unit_amount: 2300}});
  const price = await stripe.prices.retrieve(product.default_price, {expand: ['product']});
  assert.equal(price.product.name, 'A book');
  assert.equal((await stripe.accounts.retrieveCurrent()).object, 'account');
});

test('webhook endpoints: create, sign, change, delete', async () => {
  const endpoint = await stripe.webhookEndpoints.create({url: 'http://127.0.0.1:9/', enabled_events: ['charge.failed']});
  const payload = JSON.stringify({id: 'evt_1', object: 'event', type: 'charge.failed'});
  const header = stripe.webhooks.generateTestHeaderString({payload, secret: endpoint.secret});
  assert.equal(stripe.webhooks.constructEvent(payload, header, endpoint.secret).id, 'evt_1');
  const changed = await stripe.webhookEndpoints.update(endpoint.id, {disabled: true});
  assert.equal(changed.status, 'disabled');
  assert.equal(changed.secret, undefined);
  assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
});

test('raw requests reach what has no method', async () => {
  const answer = await stripe.rawRequest('POST', '/v1/payment_intents', {amount: 1099, currency: 'usd'});
  assert.equal(answer.object, 'payment_intent');
});
