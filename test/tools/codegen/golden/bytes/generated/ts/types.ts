// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { bytesType, flagType, integerType, recordType, textType, type ValueOf } from "moonpath/client";

/**
 * Names one thing.
 *
 * 1 to 64 bytes.
 */
export const id = /* @__PURE__ */ textType("id", 1, 64, "key");

/**
 * Names one operation, so that the same call sent twice is known as the same.
 *
 * 1 to 64 bytes.
 */
export const operation = /* @__PURE__ */ textType("operation", 1, 64, "key");

/**
 * Text that is stored and given back as it came.
 *
 * 0 to 1,024 bytes.
 */
export const payload = /* @__PURE__ */ textType("payload", 0, 1024, "any");

/**
 * A value of a cache as it came: compressed, or in MessagePack.
 *
 * 1 to 1,048,576 bytes.
 */
export const entryBody = /* @__PURE__ */ bytesType("entry_body", 1, 1048576);

/**
 * A checksum of a value. It has always the same length.
 *
 * 4 to 4 bytes.
 */
export const checksum = /* @__PURE__ */ bytesType("checksum", 4, 4);

/**
 * Things on a shelf.
 *
 * Units, 0 to 1,000,000.
 */
export const units = /* @__PURE__ */ integerType("units", 0, 1000000);

/**
 * An event's number in its own stream: higher is later.
 *
 * 0 to 9,007,199,254,740,991.
 */
export const sequence = /* @__PURE__ */ integerType("sequence", 0, 9007199254740991);

/**
 * An instant, by Redis's clock.
 *
 * Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
 */
export const epochMs = /* @__PURE__ */ integerType("epoch_ms", 0, 8640000000000000);

/** Yes or no. */
export const flag = flagType;

/** One shelf and what lies on it. */
export const shelfLevel = /* @__PURE__ */ recordType({
  shelf: id,
  quantity: units,
});
/** One shelf and what lies on it. */
export type ShelfLevel = ValueOf<typeof shelfLevel>;
