import type { ResolvedDefinition } from "../definition.js";
import type { EntryCache } from "../entry-cache.js";
import { type EntryCall, keyOf } from "../entry-call.js";
import { load } from "../load/load.js";
import { TimeLimit } from "../read/time-limit.js";
import type { CachePlace, CodedBytes, ConsistencyCheck } from "./observer.js";

/** Compares the entry of a call with its loader. */
export function consistencyCheck<Fields, Value>(
  definition: ResolvedDefinition<Fields, Value>,
  entries: EntryCache<Fields, Value>,
  call: EntryCall<Fields, Value>,
): ConsistencyCheck {
  const { pattern, codec, cacheTimeoutMs, loadTimeoutMs, loaderTags, observer } = definition;
  const { state, entry, tags, fields, loader } = call;
  const coded = (value: Value | undefined): CodedBytes => ({
    bytes: value === undefined ? undefined : codec.encode(value),
  });
  const places: readonly CachePlace[] = state.l1 ? ["l1", "redis"] : ["redis"];
  return {
    key: `${pattern.text}\0${keyOf(call)}`,
    places,
    async read(place) {
      if (place === "l1") {
        const answer = entries.answerOfL1(state, entry);
        return answer && coded(await answer);
      }
      const found = await entries.peek({ state, entry, tags }, new TimeLimit(cacheTimeoutMs));
      // Callers of a stale entry accept an older value.
      return found && !found.isStale ? coded(found.value) : undefined;
    },
    async load() {
      const { value } = await load({
        loader,
        fields,
        tenant: state.tenant,
        stale: undefined,
        timeoutMs: loadTimeoutMs,
        mayTag: loaderTags,
        limit: entries.limit,
      });
      return coded(value);
    },
    report: (place, durationMs) => observer?.consistency(place, durationMs),
  };
}
