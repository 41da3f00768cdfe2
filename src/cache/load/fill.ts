import { MAX_DURATION_MS } from "../../core/limits.js";
import { NO_VALUE } from "../coding/codec.js";
import { compressed, UNCOMPRESSED } from "../coding/compression.js";
import type { ResolvedDefinition } from "../definition.js";
import type { CountedEntry } from "../quota/tenant-quota.js";
import { tokensText } from "../read/header.js";
import type { TenantScripts } from "../scripts.js";

/** Times of an entry from now on. */
export interface EntryTimes {
  readonly freshMs: number;
  readonly keepMs: number;
}

/** A value as Redis stores it; undefined if it is too large, or is not to be stored. */
export interface CodedValue extends EntryTimes {
  readonly coding: string;
  readonly value: Uint8Array;
}

/** Codes what was loaded. */
export function codedValue<Fields, Value>(
  definition: ResolvedDefinition<Fields, Value>,
  value: Value | undefined,
  freshMs: number | undefined,
): CodedValue | undefined {
  const { codec, compression, compressFromBytes, negativeMs, maxBytes } = definition;
  if (value === undefined) {
    if (negativeMs === 0) return undefined;
    return { coding: NO_VALUE + UNCOMPRESSED, value: NO_BYTES, freshMs: negativeMs, keepMs: negativeMs };
  }
  const { id, bytes } = compressed(codec.encode(value), compression, compressFromBytes);
  if (bytes.length > maxBytes) return undefined;
  return { coding: codec.id + id, value: bytes, ...timesOf(definition, freshMs) };
}

const NO_BYTES = new Uint8Array(0);

/** The fresh time with jitter, and the whole life of the entry. */
export function timesOf<Fields, Value>(
  { freshMs: byDefault, staleMs, jitter }: ResolvedDefinition<Fields, Value>,
  freshMs = byDefault,
): EntryTimes {
  const jittered = Math.max(1, Math.round(freshMs * (1 + jitter * (2 * Math.random() - 1))));
  return {
    freshMs: Math.min(jittered, MAX_DURATION_MS),
    keepMs: Math.min(jittered + staleMs, MAX_DURATION_MS),
  };
}

/** The entry for the quota of its tenant. */
export function countedOf(entry: string, { value, keepMs }: CodedValue): CountedEntry {
  return { entry, bytes: value.length, keepMs };
}

/** Stores what a load has found, if its lease is still the current one. Returns whether it is stored. */
export async function fill(
  scripts: TenantScripts,
  entry: string,
  fillId: string,
  tags: ReadonlyMap<string, string>,
  coded: CodedValue,
  deadlineMs: number,
): Promise<boolean> {
  const tokens = tokensText(tags);
  const { coding, value, freshMs, keepMs } = coded;
  const reply = await scripts.fill({ entry, fillId, coding, tokens, value, freshMs, keepMs }, { deadlineMs });
  return reply.outcome === "filled";
}
