// Generated from lua/types.lua by moonpath-codegen. DO NOT EDIT.
import { flagType, integerType, recordType, textType, type ValueOf } from "moonpath/client";

/** Names one thing. */
export const id = textType("id", 1, 64, "key");

/** Names one operation, so that the same call sent twice is known as the same. */
export const operation = textType("operation", 1, 64, "key");

/** Text that is stored and given back as it came. */
export const payload = textType("payload", 0, 1024, "any");

/**
 * Things on a shelf.
 *
 * Counts units.
 */
export const units = integerType("units", 0, 1000000);

/** An event's number in its own stream: higher is later. */
export const sequence = integerType("sequence", 0, 9007199254740991);

/**
 * An instant, by Redis's clock.
 *
 * Counts milliseconds since 1970-01-01 UTC.
 */
export const epochMs = integerType("epoch_ms", 0, 8640000000000000);

/** Yes or no. */
export const flag = flagType;

/** One shelf and what lies on it. */
export const shelfLevel = recordType({
  shelf: id,
  quantity: units,
});
/** One shelf and what lies on it. */
export type ShelfLevel = ValueOf<typeof shelfLevel>;
