// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, flagType, integerType, recordType, textType, type ValueOf } from "moonpath/client";

/**
 * Names one thing: a product, a warehouse, an owner. Safe as a part of a key.
 *
 * 1 to 256 bytes.
 */
export const id = textType("id", 1, 256, "key");

/**
 * Names one operation, so that the same call sent twice is known as the same.
 *
 * 1 to 128 bytes.
 */
export const operation = textType("operation", 1, 128, "key");

/**
 * Names one claim of due items: a new one each time, never a worker's own name.
 *
 * 1 to 256 bytes.
 */
export const claim = textType("claim", 1, 256, "key");

/**
 * A digest of what was asked, to tell one request from another under the same name.
 *
 * 1 to 128 bytes.
 */
export const fingerprint = textType("fingerprint", 1, 128, "key");

/**
 * A sentence for people: why something failed, without secrets.
 *
 * 1 to 1,000 bytes.
 */
export const note = textType("note", 1, 1000, "any");

/**
 * Text that is stored and given back as it came, such as a reply's body.
 *
 * 0 to 1,048,576 bytes.
 */
export const payload = textType("payload", 0, 1048576, "any");

/**
 * An ISO 4217 currency code.
 *
 * 3 to 3 bytes.
 */
export const currency = textType("currency", 3, 3, "upper");

/**
 * Things on a shelf, sold or returned.
 *
 * Units, 0 to 1,000,000,000,000.
 */
export const units = integerType("units", 0, 1000000000000);

/**
 * Things that somebody wants, at least one.
 *
 * Units, 1 to 1,000,000,000,000.
 */
export const quantity = integerType("quantity", 1, 1000000000000);

/**
 * A level that may be below zero: what is owed to customers on backorder.
 *
 * Units, -1,000,000,000,000 to 1,000,000,000,000.
 */
export const level = integerType("level", -1000000000000, 1000000000000);

/**
 * The levels of all warehouses of a product together, at most 100 of them.
 *
 * Units, -100,000,000,000,000 to 100,000,000,000,000.
 */
export const total = integerType("total", -100000000000000, 100000000000000);

/**
 * What can be sold of a product: the total without what reservations hold. Below zero when shelves
 * hold less than was promised.
 *
 * Units, -200,000,000,000,000 to 100,000,000,000,000.
 */
export const available = integerType("available", -200000000000000, 100000000000000);

/**
 * A movement of units: below zero for a sale, above zero for a return.
 *
 * Units, -1,000,000,000,000 to 1,000,000,000,000.
 */
export const change = integerType("change", -1000000000000, 1000000000000);

/**
 * Money in the currency's smallest unit: pence, cents, yen.
 *
 * Minor units of the currency, 0 to 1,000,000,000,000.
 */
export const minorUnits = integerType("minor_units", 0, 1000000000000);

/**
 * How often something was seen.
 *
 * Times, 1 to 9,000,000,000,000,000.
 */
export const count = integerType("count", 1, 9000000000000000);

/**
 * How many things one call has dealt with.
 *
 * Things, 0 to 1,000.
 */
export const processed = integerType("processed", 0, 1000);

/**
 * How many different things were seen, about.
 *
 * Things, 0 to 9,000,000,000,000,000.
 */
export const estimate = integerType("estimate", 0, 9000000000000000);

/**
 * How many things one call may take or return.
 *
 * Things, 1 to 1,000.
 */
export const limit = integerType("limit", 1, 1000);

/**
 * A duration, at most 366 days.
 *
 * Milliseconds, 1 to 31,622,400,000.
 */
export const ms = integerType("ms", 1, 31622400000);

/**
 * How long to wait, as of now: 0 for not at all.
 *
 * Milliseconds, 0 to 8,640,000,000,000,000.
 */
export const waitMs = integerType("wait_ms", 0, 8640000000000000);

/**
 * How long something is remembered, for when it is sent again: longer than every retry and
 * redelivery.
 *
 * Milliseconds, 1,000 to 31,622,400,000.
 */
export const rememberMs = integerType("remember_ms", 1000, 31622400000);

/**
 * An instant, by Redis's clock.
 *
 * Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
 */
export const epochMs = integerType("epoch_ms", 0, 8640000000000000);

/**
 * A fencing token: higher is later. A store that remembers the highest refuses every write that
 * carries a lower one.
 *
 * 1 to 9,007,199,254,740,991.
 */
export const fence = integerType("fence", 1, 9007199254740991);

/**
 * An event's number in its own stream: higher is later.
 *
 * 0 to 9,007,199,254,740,991.
 */
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
  /** How often it has been claimed, this time included. */
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
  /** How often it was claimed. */
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
