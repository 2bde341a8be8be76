import type { StripePaymentElementOptions, Appearance, StripeElementsOptionsMode } from "@stripe/stripe-js";

/** What the page sends to the form when it opens and whenever something changes. */
export interface Configuration {
  session?: Session;
  options: StripePaymentElementOptions;
  access: { base: string; key: string; version?: string; account?: string };
  appearance: Appearance;
  fonts: NonNullable<StripeElementsOptionsMode["fonts"]>;
  locale: string;
  futureUsage: string | null;
  asksPostalCodeAbroad: boolean;
  collapsesByDefault: boolean;
  /** Whether an Address Element of the group asks for the billing address. */
  billingElsewhere: boolean;
  defaultLayout: "accordion" | "tabs";
}

/** The part of GET /v1/elements/sessions that the form reads. */
export interface Session {
  merchant_country: string;
  business_name: string;
  payment_method_preference: { ordered_payment_method_types: string[] };
  wallets?: string[];
  payment_intent?: { setup_future_usage: string | null };
}

/** The configuration as the parts of the form read it. */
export interface Settings extends Configuration {
  words: ReturnType<typeof import("./words.js").wordsFor>;
  accountCountry: string;
  business: string;
}

/** A way to pay, as the form shows it. */
export interface MethodFields {
  element: HTMLElement;
  readonly isEmpty: boolean;
  readonly isComplete: boolean;
  update(settings: Settings): void;
  check(): { code: string; message: string } | null;
  showError(error: { code?: string; message?: string }): void;
  data(): Record<string, unknown>;
  billingDetails(): object;
  clear(): void;
  focus(): void;
  setBusy(busy: boolean): void;
}
