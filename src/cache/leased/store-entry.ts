import { QuotaError } from "../../core/errors.js";
import { asError, notify } from "../../core/notify.js";
import { UNCOMPRESSED } from "../coding/compression.js";
import type { ResolvedDefinition } from "../definition.js";
import { fill } from "../load/fill.js";
import type { FillOutcome } from "../observed.js";
import { newFillId } from "../random-ids.js";
import { tokensText } from "../read/header.js";
import type { TimeLimit } from "../read/time-limit.js";
import type { TenantState } from "../tenant-state.js";

/** A value, and what was known before it was made. */
export interface MadeEntry<Value> {
  readonly entry: string;
  readonly value: Value;
  readonly keepMs: number;
  /** The tokens of tags from before. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Further tags. */
  readonly addedTags: readonly string[];
  /** The reading of the tenant's clock from before. Without it, no further tag is good. */
  readonly clock: number | undefined;
  /** In the time of `performance.now()`. */
  readonly startedAt: number;
}

/**
 * Stores an entry, unless it was overtaken.
 *
 * @param fillId the lease of the entry; undefined: it is stored whoever has the lease, which ends
 */
export async function storeEntry<Fields, Value>(
  state: TenantState,
  definition: ResolvedDefinition<Fields, Value>,
  { entry, value, keepMs, tokens: before, addedTags, clock, startedAt }: MadeEntry<Value>,
  fillId: string | undefined,
  limit: TimeLimit,
): Promise<FillOutcome> {
  const { invalidations, tenant, loadTags, memory, keys, scripts } = state;
  const { codec, maxBytes } = definition;
  const bytes = codec.encode(value);
  if (bytes.length > maxBytes) return "too_large";
  if (!(await memory.admits(keys.entry(entry), bytes.length, definition))) return "full";
  const tokens = new Map(before);
  const added = addedTags.filter((tag) => !tokens.has(tag));
  if (added.length > 0) {
    if (clock === undefined) return "overtaken";
    const more = await loadTags.added(added, clock, keepMs, limit);
    if (!more) return "overtaken";
    for (const [tag, token] of more) tokens.set(tag, token);
  }
  if (invalidations.covers(tenant, entry, tokens.keys(), startedAt)) return "overtaken";
  const extended = loadTags.extend(tokens.keys(), keepMs, limit.remainingMs);
  extended.catch((error: unknown) => notify(definition.onError, asError(error)));
  const coded = { coding: codec.id + UNCOMPRESSED, value: bytes, freshMs: keepMs, keepMs };
  const store = async (): Promise<FillOutcome> => {
    if (fillId !== undefined) {
      const isFilled = await fill(scripts, entry, fillId, tokens, coded, limit.remainingMs);
      return isFilled ? "stored" : "overtaken";
    }
    const args = { ...coded, entry, fillId: newFillId(), tokens: tokensText(tokens) };
    const { outcome } = await scripts.set(args, { deadlineMs: limit.remainingMs });
    state.forget("entry", entry);
    return outcome === "set" ? "stored" : "overtaken";
  };
  const counted = { entry, bytes: bytes.length, keepMs };
  const outcome = await state.storing(counted, limit.remainingMs, definition, "stored", store);
  return outcome instanceof QuotaError ? "over_quota" : outcome;
}
