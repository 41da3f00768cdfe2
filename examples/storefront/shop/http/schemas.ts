import { MAX_ORDER_LINES, NAME } from "../../events.js";

/**
 * JSON schemas of the requests. Their bounds are those of the books and of Moonpath's arguments.
 */

const code = { type: "string", minLength: 1, maxLength: NAME.maxCharacters, pattern: NAME.pattern } as const;
const event = code;
const units = { type: "integer", minimum: 1, maximum: 2_147_483_647 } as const;
const quantity = { type: "integer", minimum: 0, maximum: 2_147_483_647 } as const;
const sequence = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

export const openingBody = {
  type: "object",
  additionalProperties: false,
  required: ["event", "product", "warehouse", "quantity", "sequence"],
  properties: { event, product: code, warehouse: code, quantity, sequence },
} as const;

export const movementBody = {
  type: "object",
  additionalProperties: false,
  required: ["event", "product", "units"],
  properties: { event, product: code, units },
} as const;

export const cartName = {
  type: "object",
  additionalProperties: false,
  required: ["cart", "product"],
  properties: { cart: code, product: code },
} as const;

export const cartBody = {
  type: "object",
  additionalProperties: false,
  required: ["cart", "product", "units", "leaseMs"],
  properties: {
    cart: code,
    product: code,
    units,
    leaseMs: { type: "integer", minimum: 50, maximum: 3_600_000 },
  },
} as const;

/** The longest body: each line has at most 63 characters of a code, which JSON may double. */
export const MAX_ORDER_BYTES = 32_768;

export const orderBody = {
  type: "object",
  additionalProperties: false,
  required: ["lines"],
  properties: {
    invoice: code,
    coupon: code,
    lines: {
      type: "array",
      minItems: 1,
      maxItems: MAX_ORDER_LINES,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["product", "units"],
        properties: { product: code, units, priceMinor: quantity },
      },
    },
    payment: {
      type: "object",
      additionalProperties: false,
      required: ["takesMs", "leaseMs"],
      properties: {
        takesMs: { type: "integer", minimum: 0, maximum: 5_000 },
        leaseMs: { type: "integer", minimum: 50, maximum: 600_000 },
      },
    },
  },
} as const;

const orders = { type: "integer", minimum: 1, maximum: 2_147_483_647 } as const;

export const couponBody = {
  type: "object",
  additionalProperties: false,
  required: ["coupon", "limit", "customerLimit", "discountMinor"],
  properties: { coupon: code, limit: orders, customerLimit: orders, discountMinor: units },
} as const;

const yearMs = 366 * 24 * 60 * 60 * 1_000;

export const priceSaleBody = {
  type: "object",
  additionalProperties: false,
  required: ["sale", "product", "amountMinor", "startsInMs", "lastsMs", "sequence"],
  properties: {
    sale: code,
    product: code,
    amountMinor: quantity,
    startsInMs: { type: "integer", minimum: 0, maximum: yearMs },
    lastsMs: { type: "integer", minimum: 1, maximum: yearMs },
    sequence,
  },
} as const;

export const priceSaleEndBody = {
  type: "object",
  additionalProperties: false,
  required: ["sale", "product", "sequence"],
  properties: { sale: code, product: code, sequence },
} as const;

const endsInMs = { type: "integer", minimum: 1, maximum: yearMs } as const;

export const offerName = {
  type: "object",
  additionalProperties: false,
  required: ["offer"],
  properties: { offer: code },
} as const;

export const extensionBody = {
  type: "object",
  additionalProperties: false,
  required: ["offer", "endsInMs"],
  properties: { offer: code, endsInMs },
} as const;

export const offerBody = {
  type: "object",
  additionalProperties: false,
  required: ["offer", "product", "amountMinor", "endsInMs"],
  properties: { offer: code, product: code, amountMinor: quantity, endsInMs },
} as const;

export const expiringQuery = {
  type: "object",
  additionalProperties: false,
  properties: { withinMs: { type: "string", pattern: "^[0-9]{1,10}$", default: "3600000" } },
} as const;

export const priceBody = {
  type: "object",
  additionalProperties: false,
  required: ["event", "product", "amountMinor", "sequence"],
  properties: { event, product: code, amountMinor: quantity, sequence },
} as const;

export const productParams = {
  type: "object",
  required: ["code"],
  properties: { code },
} as const;

export const viewQuery = {
  type: "object",
  additionalProperties: false,
  properties: { view: event },
} as const;

export const listQuery = {
  type: "object",
  additionalProperties: false,
  properties: {
    after: code,
    limit: { type: "string", pattern: "^([1-9]|[1-9][0-9]|100)$", default: "20" },
  },
} as const;
