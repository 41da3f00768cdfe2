// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { bytesType, choiceType, flagType, integerType, recordType, textType, type ValueOf } from "moonpath/client";

/**
 * Names one thing, such as a product, a warehouse or an owner. It may be part of a key.
 *
 * 1 to 256 bytes.
 */
export const id = /* @__PURE__ */ textType("id", 1, 256, "key");

/**
 * Names one operation. If the same call is sent twice, its operation shows that it is the same.
 *
 * 1 to 128 bytes.
 */
export const operation = /* @__PURE__ */ textType("operation", 1, 128, "key");

/**
 * Names one queue of items that come due.
 *
 * 1 to 240 bytes.
 */
export const queue = /* @__PURE__ */ textType("queue", 1, 240, "key");

/**
 * The number of a queue's shard, as text: `0`, `1`, …
 *
 * 1 to 3 bytes.
 */
export const queueShard = /* @__PURE__ */ textType("queue_shard", 1, 3, "digits");

/**
 * Names one claim of due items. Each claim needs a new name; a worker's name is not enough.
 *
 * 1 to 256 bytes.
 */
export const claim = /* @__PURE__ */ textType("claim", 1, 256, "key");

/**
 * Names the owner of a key in the indexes of its slot: the text of its hash tag, `tenant:product`.
 *
 * 3 to 321 bytes.
 */
export const slotMember = /* @__PURE__ */ textType("slot_member", 3, 321, "key");

/**
 * A hash of a request's payload. It shows whether two requests with the same name are the same.
 *
 * 1 to 128 bytes.
 */
export const payloadHash = /* @__PURE__ */ textType("payload_hash", 1, 128, "key");

/**
 * A sentence for people, such as the reason of a failure. It must not contain secrets.
 *
 * 1 to 1,000 bytes.
 */
export const note = /* @__PURE__ */ textType("note", 1, 1000, "any");

/**
 * A text that is stored and returned unchanged, such as the body of a reply.
 *
 * 0 to 524,288 bytes.
 */
export const payload = /* @__PURE__ */ textType("payload", 0, 524288, "any");

/**
 * An ISO 4217 currency code.
 *
 * 3 to 3 bytes.
 */
export const currency = /* @__PURE__ */ textType("currency", 3, 3, "upper");

/**
 * Names one sale of a product, such as the campaign that it belongs to.
 *
 * 1 to 128 bytes.
 */
export const sale = /* @__PURE__ */ textType("sale", 1, 128, "key");

/**
 * A number of units in a warehouse.
 *
 * Units, 0 to 1,000,000,000,000.
 */
export const units = /* @__PURE__ */ integerType("units", 0, 1000000000000);

/**
 * A number of units that a customer wants, at least one.
 *
 * Units, 1 to 1,000,000,000,000.
 */
export const quantity = /* @__PURE__ */ integerType("quantity", 1, 1000000000000);

/**
 * The stock of a product in one warehouse. It is below zero after sales on backorder.
 *
 * Units, -1,000,000,000,000 to 1,000,000,000,000.
 */
export const level = /* @__PURE__ */ integerType("level", -1000000000000, 1000000000000);

/**
 * The units that have moved in one warehouse: the running sum of sales (below zero) and returns. It
 * begins at 0 with the first event of the warehouse, and again beyond 10^15 units.
 *
 * Units, -9,000,000,000,000,000 to 9,000,000,000,000,000.
 */
export const moved = /* @__PURE__ */ integerType("moved", -9000000000000000, 9000000000000000);

/**
 * The sum of the levels of all warehouses of a product. A product has at most 100 warehouses.
 *
 * Units, -100,000,000,000,000 to 100,000,000,000,000.
 */
export const total = /* @__PURE__ */ integerType("total", -100000000000000, 100000000000000);

/**
 * The units of a product that can be sold: the total minus held units. It is below zero when more
 * units are held than in stock.
 *
 * Units, -200,000,000,000,000 to 100,000,000,000,000.
 */
export const available = /* @__PURE__ */ integerType("available", -200000000000000, 100000000000000);

/**
 * A change of the stock: below zero for a sale, above zero for a return.
 *
 * Units, -1,000,000,000,000 to 1,000,000,000,000.
 */
export const change = /* @__PURE__ */ integerType("change", -1000000000000, 1000000000000);

/**
 * An amount of money in the currency's smallest unit, such as pence, cents or yen.
 *
 * Minor units of the currency, 0 to 1,000,000,000,000.
 */
export const minorUnits = /* @__PURE__ */ integerType("minor_units", 0, 1000000000000);

/**
 * The number of times that something happened.
 *
 * Times, 1 to 9,000,000,000,000,000.
 */
export const count = /* @__PURE__ */ integerType("count", 1, 9000000000000000);

/**
 * The number of things that one call has handled.
 *
 * Things, 0 to 1,000.
 */
export const processed = /* @__PURE__ */ integerType("processed", 0, 1000);

/**
 * An estimate of the number of different things that were seen.
 *
 * Things, 0 to 9,000,000,000,000,000.
 */
export const estimate = /* @__PURE__ */ integerType("estimate", 0, 9000000000000000);

/**
 * The maximum number of things that one call handles or returns.
 *
 * Things, 1 to 1,000.
 */
export const limit = /* @__PURE__ */ integerType("limit", 1, 1000);

/**
 * A number of units of a rate limit, at least one. What a unit is, the caller decides: a request,
 * an order, a kilobyte.
 *
 * Units of the limit, 1 to 1,000,000,000.
 */
export const limitUnits = /* @__PURE__ */ integerType("limit_units", 1, 1000000000);

/**
 * The units of a rate limit that are left, or 0.
 *
 * Units of the limit, 0 to 1,000,000,000.
 */
export const unitsLeft = /* @__PURE__ */ integerType("units_left", 0, 1000000000);

/**
 * How many permits of a name there are.
 *
 * Permits, 1 to 1,000.
 */
export const permitCount = /* @__PURE__ */ integerType("permit_count", 1, 1000);

/**
 * The number of a permit. With N permits, they have the numbers 0 to N - 1.
 *
 * 0 to 999.
 */
export const permitNumber = /* @__PURE__ */ integerType("permit_number", 0, 999);

/**
 * The maximum number of products in one batch of views.
 *
 * Products, 1 to 100.
 */
export const batchLimit = /* @__PURE__ */ integerType("batch_limit", 1, 100);

/**
 * The maximum number of items that one call claims, lists or removes.
 *
 * Items, 1 to 100.
 */
export const itemLimit = /* @__PURE__ */ integerType("item_limit", 1, 100);

/**
 * The maximum number of reservations that one call closes or removes.
 *
 * Reservations, 1 to 100.
 */
export const sweepLimit = /* @__PURE__ */ integerType("sweep_limit", 1, 100);

/**
 * The number of shards of a queue.
 *
 * Shards, 1 to 256.
 */
export const shardCount = /* @__PURE__ */ integerType("shard_count", 1, 256);

/**
 * A duration, at most 366 days.
 *
 * Milliseconds, 1 to 31,622,400,000.
 */
export const ms = /* @__PURE__ */ integerType("ms", 1, 31622400000);

/**
 * How long one attempt to commit a cart may stay undecided.
 *
 * Milliseconds, 1,000 to 600,000.
 */
export const prepareLimitMs = /* @__PURE__ */ integerType("prepare_limit_ms", 1000, 600000);

/**
 * How long a worker is a member of its group.
 *
 * Milliseconds, 1,000 to 600,000.
 */
export const workerLeaseMs = /* @__PURE__ */ integerType("worker_lease_ms", 1000, 600000);

/**
 * A time to wait from now on; 0 means no wait.
 *
 * Milliseconds, 0 to 8,640,000,000,000,000.
 */
export const waitMs = /* @__PURE__ */ integerType("wait_ms", 0, 8640000000000000);

/**
 * The time for which Redis remembers something, because the same call may be sent again. After this
 * time, the same call runs again as a new one. So it must be longer than all retries and
 * redeliveries together.
 *
 * Milliseconds, 1,000 to 31,622,400,000.
 */
export const rememberMs = /* @__PURE__ */ integerType("remember_ms", 1000, 31622400000);

/**
 * A time, by Redis's clock.
 *
 * Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
 */
export const epochMs = /* @__PURE__ */ integerType("epoch_ms", 0, 8640000000000000);

/**
 * A fencing token, here called fence; higher is later. A store keeps the highest fence and refuses
 * a write with a lower one.
 *
 * 1 to 9,007,199,254,740,991.
 */
export const fence = /* @__PURE__ */ integerType("fence", 1, 9007199254740991);

/**
 * The number of an event in its own sequence; higher is later.
 *
 * 0 to 9,007,199,254,740,991.
 */
export const sequence = /* @__PURE__ */ integerType("sequence", 0, 9007199254740991);

/** A value that is true or false. */
export const flag = flagType;

/** Whether a coupon can be redeemed. */
export const couponStatus = /* @__PURE__ */ choiceType(["active", "not_started", "ended", "exhausted"]);
/** Whether a coupon can be redeemed. */
export type CouponStatus = ValueOf<typeof couponStatus>;

/** The status of a product that a shop shows. */
export const stockStatus = /* @__PURE__ */ choiceType(["in_stock", "low_stock", "out_of_stock"]);
/** The status of a product that a shop shows. */
export type StockStatus = ValueOf<typeof stockStatus>;

/**
 * How far a line of a cart has followed the decision. `open`: not yet. `finished`: sold or given
 * back. `set_aside`: it could not follow, and a person must look at it. `discarded`: a person has
 * closed it.
 */
export const lineState = /* @__PURE__ */ choiceType(["open", "finished", "set_aside", "discarded"]);
/**
 * How far a line of a cart has followed the decision. `open`: not yet. `finished`: sold or given
 * back. `set_aside`: it could not follow, and a person must look at it. `discarded`: a person has
 * closed it.
 */
export type LineState = ValueOf<typeof lineState>;

/** The level of a product in one warehouse. */
export const warehouseLevel = /* @__PURE__ */ recordType({
  warehouse: id,
  quantity: level,
  /** The running sum of what was sold and returned there. */
  moved: moved,
});
/** The level of a product in one warehouse. */
export type WarehouseLevel = ValueOf<typeof warehouseLevel>;

/** The units of one product in a cart. */
export const cartLine = /* @__PURE__ */ recordType({
  product: id,
  units: quantity,
});
/** The units of one product in a cart. */
export type CartLine = ValueOf<typeof cartLine>;

/** A line of a cart's record. */
export const recordedLine = /* @__PURE__ */ recordType({
  product: id,
  units: quantity,
  state: lineState,
});
/** A line of a cart's record. */
export type RecordedLine = ValueOf<typeof recordedLine>;

/** An item that a worker has claimed. */
export const claimedItem = /* @__PURE__ */ recordType({
  item: id,
  /** How often the item was claimed, including this claim. */
  attempts: count,
});
/** An item that a worker has claimed. */
export type ClaimedItem = ValueOf<typeof claimedItem>;

/** An item and the time at which it is due. */
export const dueItem = /* @__PURE__ */ recordType({
  item: id,
  dueMs: epochMs,
});
/** An item and the time at which it is due. */
export type DueItem = ValueOf<typeof dueItem>;

/** An item that no worker processes any more. */
export const deadItem = /* @__PURE__ */ recordType({
  item: id,
  /** How often the item was claimed. */
  attempts: count,
  reason: note,
  deadSinceMs: epochMs,
});
/** An item that no worker processes any more. */
export type DeadItem = ValueOf<typeof deadItem>;

/** A product and the number of its views. */
export const productViews = /* @__PURE__ */ recordType({
  product: id,
  count: count,
});
/** A product and the number of its views. */
export type ProductViews = ValueOf<typeof productViews>;

/** A rate limit: `quota` units each `period_ms`, and at most `burst` units at once. */
export const rateLimit = /* @__PURE__ */ recordType({
  quota: limitUnits,
  periodMs: ms,
  burst: limitUnits,
});
/** A rate limit: `quota` units each `period_ms`, and at most `burst` units at once. */
export type RateLimit = ValueOf<typeof rateLimit>;

/**
 * Names one load that may fill a cache entry, and then the entry: random hexadecimal digits.
 *
 * 12 to 12 bytes.
 */
export const fillId = /* @__PURE__ */ textType("fill_id", 12, 12, "key");

/**
 * How the value of a cache entry is coded: one character for the codec, one for the compression.
 *
 * 2 to 2 bytes.
 */
export const entryCoding = /* @__PURE__ */ textType("entry_coding", 2, 2, "key");

/**
 * The tokens of a cache entry's tags, as its header has them.
 *
 * 21 to 8,192 bytes.
 */
export const entryTokens = /* @__PURE__ */ textType("entry_tokens", 21, 8192, "any");

/**
 * The value of a cache entry, coded.
 *
 * 0 to 4,194,304 bytes.
 */
export const entryValue = /* @__PURE__ */ bytesType("entry_value", 0, 4194304);

/**
 * A cache entry: its header line and its value.
 *
 * 1 to 4,202,600 bytes.
 */
export const storedEntry = /* @__PURE__ */ bytesType("stored_entry", 1, 4202600);

/**
 * The token of a cache tag: 12 random hexadecimal digits, a full stop, and 8. The first part
 * changes with an invalidation, the second one also with a soft one.
 *
 * 21 to 21 bytes.
 */
export const tagToken = /* @__PURE__ */ textType("tag_token", 21, 21, "key");

/**
 * The soft part of a tag's token.
 *
 * 8 to 8 bytes.
 */
export const softToken = /* @__PURE__ */ textType("soft_token", 8, 8, "key");

/**
 * A reading of a tenant's cache clock. It rises with each invalidation of a tag.
 *
 * 1 to 9,007,199,254,740,991.
 */
export const clockReading = /* @__PURE__ */ integerType("clock_reading", 1, 9007199254740991);

/**
 * Names a shard that counts entries of a tenant: `0`, `1`, …
 *
 * 1 to 256 bytes.
 */
export const usageShard = /* @__PURE__ */ textType("usage_shard", 1, 256, "key");

/**
 * A number of entries of a cache.
 *
 * Entries, 0 to 1,000,000,000.
 */
export const entryCount = /* @__PURE__ */ integerType("entry_count", 0, 1000000000);

/**
 * The bytes of entries of a cache.
 *
 * Bytes, 0 to 9,007,199,254,740,991.
 */
export const entryBytes = /* @__PURE__ */ integerType("entry_bytes", 0, 9007199254740991);

/**
 * The value of a queued write, as its writer coded it.
 *
 * 0 to 4,194,304 bytes.
 */
export const writeValue = /* @__PURE__ */ bytesType("write_value", 0, 4194304);

/**
 * The values of a batch of writes, one after another.
 *
 * 0 to 25,165,824 bytes.
 */
export const batchValues = /* @__PURE__ */ bytesType("batch_values", 0, 25165824);

/**
 * A number of writes.
 *
 * Writes, 0 to 1,000,000,000.
 */
export const writeCount = /* @__PURE__ */ integerType("write_count", 0, 1000000000);

/**
 * The maximum number of writes that one call handles or returns.
 *
 * Writes, 1 to 100.
 */
export const writeLimit = /* @__PURE__ */ integerType("write_limit", 1, 100);

/**
 * A number of bytes of writes.
 *
 * Bytes, 0 to 9,007,199,254,740,991.
 */
export const writeBytes = /* @__PURE__ */ integerType("write_bytes", 0, 9007199254740991);

/**
 * The bytes of a batch of writes, unless its first write is larger.
 *
 * Bytes, 1 to 16,777,216.
 */
export const batchBytes = /* @__PURE__ */ integerType("batch_bytes", 1, 16777216);

/**
 * How many attempts have failed.
 *
 * Attempts, 0 to 9,007,199,254,740,991.
 */
export const attemptCount = /* @__PURE__ */ integerType("attempt_count", 0, 9007199254740991);

/** A write that waits for the database. */
export const queuedWrite = /* @__PURE__ */ recordType({
  key: id,
  /** Its number in the shard. */
  sequence: sequence,
  /** As in the call that queued it. */
  operation: id,
  /** The length of its value. */
  valueBytes: writeBytes,
});
/** A write that waits for the database. */
export type QueuedWrite = ValueOf<typeof queuedWrite>;

/** A write that the database has refused. */
export const refusedWrite = /* @__PURE__ */ recordType({
  /** Its number in the shard. */
  sequence: sequence,
  reason: note,
});
/** A write that the database has refused. */
export type RefusedWrite = ValueOf<typeof refusedWrite>;

/** A write that no worker brings to the database any more. */
export const deadWrite = /* @__PURE__ */ recordType({
  key: id,
  /** Its number in the shard. */
  sequence: sequence,
  /** As in the call that queued it. */
  operation: id,
  /** The length of its value. */
  valueBytes: writeBytes,
  reason: note,
  deadSinceMs: epochMs,
});
/** A write that no worker brings to the database any more. */
export type DeadWrite = ValueOf<typeof deadWrite>;

/**
 * The version of a resource: random text, which a change replaces.
 *
 * 16 to 64 bytes.
 */
export const versionToken = /* @__PURE__ */ textType("version_token", 16, 64, "key");

/**
 * A new version of a resource. No two calls may give the same one.
 *
 * 16 to 64 bytes.
 */
export const newVersion = /* @__PURE__ */ textType("new_version", 16, 64, "key");

/**
 * How long a write of a resource may take.
 *
 * Milliseconds, 1,000 to 600,000.
 */
export const writeMs = /* @__PURE__ */ integerType("write_ms", 1000, 600000);

/**
 * The number of a write in the database; each write of a resource has a higher one than those
 * before it.
 *
 * 0 to 9,000,000,000,000,000.
 */
export const writeNumber = /* @__PURE__ */ integerType("write_number", 0, 9000000000000000);
