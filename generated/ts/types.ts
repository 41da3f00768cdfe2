// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, flagType, integerType, recordType, textType, type ValueOf } from "moonpath/client";

/** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. */
export const id = textType("id", 1, 256, "key");

/** Names one operation, so that the same call sent twice is known as the same. */
export const operation = textType("operation", 1, 128, "key");

/** Names one claim of due items: a new one each time, never a worker's own name. */
export const claim = textType("claim", 1, 256, "key");

/** A digest of what was asked, to tell one request from another under the same name. */
export const fingerprint = textType("fingerprint", 1, 128, "key");

/** A sentence for people: why something failed, without secrets. */
export const note = textType("note", 1, 1000, "any");

/** Text that is stored and given back as it came, such as a reply's body. */
export const payload = textType("payload", 0, 1048576, "any");

/** An ISO 4217 currency code. */
export const currency = textType("currency", 3, 3, "upper");

/**
 * Things on a shelf, sold or returned.
 *
 * Counts units.
 */
export const units = integerType("units", 0, 1000000000000);

/**
 * Things that somebody wants, at least one.
 *
 * Counts units.
 */
export const quantity = integerType("quantity", 1, 1000000000000);

/**
 * A level that may be below zero: what is owed to customers on backorder.
 *
 * Counts units.
 */
export const level = integerType("level", -1000000000000, 1000000000000);

/**
 * The levels of all warehouses of a product together, at most 100 of them.
 *
 * Counts units.
 */
export const total = integerType("total", -100000000000000, 100000000000000);

/**
 * What can be sold of a product: the total without what reservations hold. Below zero when shelves hold less than was promised.
 *
 * Counts units.
 */
export const available = integerType("available", -200000000000000, 100000000000000);

/**
 * A movement of units: below zero for a sale, above zero for a return.
 *
 * Counts units.
 */
export const change = integerType("change", -1000000000000, 1000000000000);

/**
 * Money in the currency's smallest unit: pence, cents, yen.
 *
 * Counts minor units of the currency.
 */
export const minorUnits = integerType("minor_units", 0, 1000000000000);

/**
 * How often something was seen.
 *
 * Counts times.
 */
export const count = integerType("count", 1, 9000000000000000);

/**
 * How many things one call has dealt with.
 *
 * Counts things.
 */
export const processed = integerType("processed", 0, 1000);

/**
 * How many different things were seen, about.
 *
 * Counts things.
 */
export const estimate = integerType("estimate", 0, 9000000000000000);

/**
 * How many things one call may take or return.
 *
 * Counts things.
 */
export const limit = integerType("limit", 1, 1000);

/**
 * A duration, at most 366 days.
 *
 * Counts milliseconds.
 */
export const ms = integerType("ms", 1, 31622400000);

/**
 * How long to wait, as of now: 0 for not at all.
 *
 * Counts milliseconds.
 */
export const waitMs = integerType("wait_ms", 0, 8640000000000000);

/**
 * How long something is remembered, for when it is sent again: longer than every retry and redelivery.
 *
 * Counts milliseconds.
 */
export const rememberMs = integerType("remember_ms", 1000, 31622400000);

/**
 * An instant, by Redis's clock.
 *
 * Counts milliseconds since 1970-01-01 UTC.
 */
export const epochMs = integerType("epoch_ms", 0, 8640000000000000);

/** A fencing token: higher is later. A store that remembers the highest refuses every write that carries a lower one. */
export const fence = integerType("fence", 1, 9007199254740991);

/** An event's number in its own stream: higher is later. */
export const sequence = integerType("sequence", 0, 9007199254740991);

/** Yes or no. */
export const flag = flagType;

/** What a shop shows of a product's total. */
export const stockStatus = choiceType(["in_stock", "low_stock", "out_of_stock"]);
/** What a shop shows of a product's total. */
export type StockStatus = ValueOf<typeof stockStatus>;

/** Which of a product's prices an event sets. */
export const priceKind = choiceType(["base", "sale"]);
/** Which of a product's prices an event sets. */
export type PriceKind = ValueOf<typeof priceKind>;

/** One warehouse's level of a product. */
export const warehouseLevel = recordType({
  warehouse: id,
  quantity: level,
});
/** One warehouse's level of a product. */
export type WarehouseLevel = ValueOf<typeof warehouseLevel>;

/** An item that a worker has claimed. */
export const claimedItem = recordType({
  item: id,
  /** how often it has been claimed, this time included */
  attempts: count,
});
/** An item that a worker has claimed. */
export type ClaimedItem = ValueOf<typeof claimedItem>;

/** An item and the instant at which it is due. */
export const dueItem = recordType({
  item: id,
  dueMs: epochMs,
});
/** An item and the instant at which it is due. */
export type DueItem = ValueOf<typeof dueItem>;

/** An item that nobody works on any more. */
export const deadItem = recordType({
  item: id,
  /** how often it was claimed */
  attempts: count,
  reason: note,
  deadSinceMs: epochMs,
});
/** An item that nobody works on any more. */
export type DeadItem = ValueOf<typeof deadItem>;

/** A product and how often it was viewed. */
export const productViews = recordType({
  product: id,
  count: count,
});
/** A product and how often it was viewed. */
export type ProductViews = ValueOf<typeof productViews>;
