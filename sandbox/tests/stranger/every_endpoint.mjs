// Follows the plan of every_endpoint.py with Stripe's Node SDK: node every_endpoint.mjs HOST PORT < plan.json
import {readFileSync} from 'node:fs';
import Stripe from 'stripe';

const [host, port] = process.argv.slice(2);
const stripe = new Stripe('sk_test_node', {host, port: Number(port), protocol: 'http', telemetry: false});
const answers = {sandbox: `http://${host}:${port}`};

// Where the Node SDK has no resource of that name, but a method of the one above.
const METHODS = {
  'customers.paymentMethods.list': 'customers.listPaymentMethods',
  'customers.paymentMethods.retrieve': 'customers.retrievePaymentMethod',
};

function resolved(value) {
  if (Array.isArray(value)) return value.map(resolved);
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner)]));
  }
  if (typeof value !== 'string' || !value.startsWith('$')) return value;
  const end = value.includes('/') ? value.indexOf('/') : value.length;
  const found = value.slice(1, end).split('.').reduce((inner, name) => inner[name], answers);
  return found + value.slice(end);
}

async function call(name, ids, params) {
  if (name === 'http') {
    const [method, address] = ids;
    await fetch(address, {method, body: params && JSON.stringify(params), redirect: 'manual'});
    return undefined;
  }
  const camel = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()).replace(/\.delete$/, '.del');
  const path = (METHODS[camel] ?? camel).split('.');
  const method = path.pop();
  const resource = path.reduce((inner, part) => inner[part], stripe);
  return resource[method](...ids, ...(params ? [params] : []));
}

for (const [name, ids, params, as] of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const answer = await call(name, resolved(ids), resolved(params));
    if (as) answers[as] = answer;
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, {cause: error});
  }
}
