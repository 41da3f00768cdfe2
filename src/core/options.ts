import { types } from "../../generated/ts/index.js";
import { ArgumentError } from "../client/index.js";
import { readFrom } from "./read-from.js";

/** A whole number in its bounds, or an `ArgumentError`. */
export function checkedInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ArgumentError(name, `a whole number from ${least} to ${most}`);
}

/** At least one name, none twice. */
export function checkedNames(name: string, values: readonly string[]): readonly string[] {
  if (values.length > 0 && new Set(values).size === values.length) return values;
  throw new ArgumentError(name, "at least one, none twice");
}

/** Shards' names. One that no key can hold would be refused by Redis only when its views are lost already. */
export function checkedShards(shards: readonly string[]): readonly string[] {
  for (const [place, shard] of shards.entries()) types.id.encode(`shards[${place}]`, shard);
  return checkedNames("shards", shards);
}

/** How long `stop()` waits for work in hand, in milliseconds: what its caller asks for, else the default. */
export function graceOf(
  options: { readonly graceMs?: number | undefined } | undefined,
  defaultMs = 10_000,
): number {
  if (options === undefined) return defaultMs;
  return readFrom("options", () => options.graceMs) ?? defaultMs;
}

/** The longest lease and delay that scripts take: 366 days. */
export const MAX_LEASE_MS = 31_622_400_000;
