import type { CacheOperation } from "../client/index.js";
import { graceMsOf } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { consistencyCheck } from "./consistency/check.js";
import { cacheDefaults as defaults } from "./defaults.js";
import { type CacheDefinition, type ResolvedDefinition, resolveDefinition } from "./definition.js";
import { EntryCache } from "./entry-cache.js";
import type { EntryCall } from "./entry-call.js";
import type { CacheHost } from "./host.js";
import { getMany } from "./load/get-many.js";
import type { Loader } from "./load/load-context.js";
import { limitedLoadMany } from "./load/load-many.js";
import type { FieldsOf } from "./pattern.js";
import { EVERY_ENTRY } from "./read/header.js";
import { TimeLimit } from "./read/time-limit.js";
import { scanEntries } from "./scan-entries.js";
import { checkedTags } from "./tags.js";
import type { TenantState } from "./tenant-state.js";
import type { Cache, GetOptions, TenantCache, TenantInvalidations } from "./types.js";
import { deletePattern } from "./write/delete-pattern.js";
import type { InvalidateOptions, InvalidationOutcome, Target } from "./write/invalidations.js";
import { flushQueue, QueuedReads, queuedValue, settleWrites } from "./write/write-behind.js";
import { Writes, type WrittenEntry } from "./write/writes.js";

/** Makes a cache of one pattern. Keep it: its callers share loads. */
export function createCache<const Pattern extends string, Value>(
  host: CacheHost,
  definition: CacheDefinition<Pattern, Value>,
): Cache<FieldsOf<Pattern>, Value> {
  const resolved = resolveDefinition(definition, host.observers);
  const entries = new EntryCache(resolved);
  return {
    pattern: resolved.pattern.text,
    decodeWrite: ({ value }) => queuedValue(resolved, value),
    tenant: (name) => {
      const state = host.stateOf(name);
      state.quota?.check();
      return tenantCache(host, state, resolved, entries);
    },
    close: async (options) => ({ running: await entries.close(graceMsOf(options, defaults.graceMs.value)) }),
  };
}

/** The calls that invalidate entries of several caches. */
export function tenantInvalidations(host: CacheHost, tenant: string): TenantInvalidations {
  const run = async (tags: readonly string[], isSoft: boolean, options: InvalidateOptions | undefined) => {
    const targets = tags.map((name): Target => ({ tenant, kind: "tag", name, isSoft, settleMs: undefined }));
    const outcomes = await Promise.all(targets.map((target) => host.invalidations.run(target, options)));
    return outcomes.includes("pending") ? "pending" : "done";
  };
  return {
    invalidateTags: async (tags, options) => run(checkedTags(tags), false, options),
    expireTags: async (tags, options) => run(checkedTags(tags), true, options),
    invalidateAll: (options) => run([EVERY_ENTRY], false, options),
    deliver: ({ kind, name, isSoft, settleMs }, options) =>
      host.invalidations.deliver({ tenant, kind, name, isSoft, settleMs }, options),
    usage: async () => {
      const { quota } = host.stateOf(tenant);
      if (!quota) throw new ArgumentError("cache.quota", "a quota; without one, nothing is counted");
      return quota.usage();
    },
    settleWrites: (settled) => settleWrites(host, tenant, settled),
  };
}

function tenantCache<Fields, Value>(
  host: CacheHost,
  state: TenantState,
  definition: ResolvedDefinition<Fields, Value>,
  entries: EntryCache<Fields, Value>,
): TenantCache<Fields, Value> {
  const { pattern, cacheTimeoutMs, onError, strategy } = definition;
  const { tenant } = state;
  const observed = <Result>(operation: CacheOperation, work: () => Promise<Result>, by = strategy) =>
    definition.calls.run(operation, by, tenant, work);
  const queue = definition.writeBehind?.tenant(state.tenant);
  const queued = queue && new QueuedReads(queue, definition);
  const afterQueue = (entry: string, loader: Loader<Fields, Value>) =>
    queued?.loader(entry, loader) ?? loader;
  const writes = new Writes(state, definition);
  const written = (fields: Fields): WrittenEntry => ({
    entry: pattern.nameOf(fields),
    tags: tagsOf(definition, fields),
  });
  const callOf = (
    entry: string,
    fields: Fields,
    options?: GetOptions<Fields, Value>,
  ): EntryCall<Fields, Value> => ({
    state,
    entry,
    tags: tagsOf(definition, fields),
    fields,
    loader: afterQueue(entry, loaderOf(definition, options)),
    isBatched: false,
    onWait: undefined,
    needsFresh: false,
  });
  const call = (fields: Fields, options?: GetOptions<Fields, Value>) =>
    callOf(pattern.nameOf(fields), fields, options);
  const peek = async (fields: Fields) => {
    const limit = new TimeLimit(cacheTimeoutMs);
    const found = await entries.peek({ state, ...written(fields) }, limit);
    const status = found ? (found.isStale ? "stale" : "hit") : "miss";
    definition.observer?.request(status, tenant);
    definition.recorder?.request(state.tenant, pattern.nameOf(fields), status);
    return found;
  };
  // The tags of a stored entry are in its header.
  const peekNamed = (entry: string) =>
    entries.peek({ state, entry, tags: [] }, new TimeLimit(cacheTimeoutMs));
  const many = async (given: readonly Fields[]): Promise<(Value | undefined)[]> => {
    const list = checkedList(given);
    const { loadMany } = definition;
    if (!loadMany) {
      // All calls are checked before the first begins.
      const calls = list.map((fields) => call(fields));
      return Promise.all(calls.map((one) => entries.known(state, one.entry) ?? entries.get(one)));
    }
    const calls = list.map((fields) => ({ state, ...written(fields), fields }));
    return getMany(entries, calls, limitedLoadMany(loadMany, entries.limit, definition), afterQueue);
  };
  const { consistency } = definition;
  const compared = (fields: Fields, options?: GetOptions<Fields, Value>) =>
    consistencyCheck(definition, entries, call(fields, options));
  const invalidate = async (
    fields: Fields,
    isSoft: boolean,
    options: InvalidateOptions | undefined,
  ): Promise<InvalidationOutcome> => {
    const target: Target = {
      tenant,
      kind: "entry",
      name: pattern.nameOf(fields),
      isSoft,
      settleMs: options?.settleMs,
    };
    const outcome = await host.invalidations.run(target, options);
    if (definition.load && outcome === "done") consistency?.sample(() => compared(fields));
    return outcome;
  };
  return {
    getOrLoad(fields, options) {
      try {
        consistency?.sample(() => compared(fields, options));
        const entry = pattern.nameOf(fields);
        const known = entries.known(state, entry);
        if (known) return known;
        const call = callOf(entry, fields, options);
        return observed("get_or_load", () => entries.get(call));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    getMany: (list) => observed("get_many", () => many(list)),
    get: (fields) => observed("get", async () => (await peek(fields))?.value),
    exists: (fields) => observed("exists", async () => (await peek(fields)) !== undefined),
    refresh: (fields, options) =>
      observed("refresh", async () => {
        await invalidate(fields, true, undefined);
        return entries.get({ ...call(fields, options), needsFresh: true });
      }),
    prefetch(list) {
      many(list).catch((error: unknown) => notify(onError, asError(error)));
    },
    async warm(list) {
      await many(list);
    },
    set: (fields, value, options) =>
      observed("set", async () => writes.set(written(fields), value, options), "cache_aside"),
    writeThrough: (fields, write, options) =>
      observed(
        "write_through",
        async () => {
          checkUnqueued(queue, "writeThrough");
          return writes.through(written(fields), write, options);
        },
        "write_through",
      ),
    writeAround: (list, write, options) =>
      observed(
        "write_around",
        async () => {
          checkUnqueued(queue, "writeAround");
          return writes.around(checkedList(list).map(written), write, options);
        },
        "write_around",
      ),
    writeBehind: (fields, value, options) =>
      observed(
        "write_behind",
        async () => {
          if (!queue) throw new ArgumentError("writeBehind", "a queue in the definition, for writeBehind");
          return writes.behind(queue, written(fields), value, options);
        },
        "write_behind",
      ),
    flushPendingWrites: () =>
      observed(
        "flush_pending_writes",
        async () => {
          if (!queue)
            throw new ArgumentError("writeBehind", "a queue in the definition, for flushPendingWrites");
          return flushQueue(queue);
        },
        "write_behind",
      ),
    invalidate: (fields, options) => observed("invalidate", async () => invalidate(fields, false, options)),
    expire: (fields, options) => observed("expire", async () => invalidate(fields, true, options)),
    delete: (fields) => observed("invalidate", async () => invalidate(fields, false, undefined)),
    deletePattern: (fields) =>
      observed("delete_pattern", async () => deletePattern(host, state, pattern.matcherOf(fields))),
    entries: (fields) => scanEntries(host, state.tenant, pattern.matcherOf(fields), peekNamed),
  };
}

/** @throws ArgumentError if a queued value could overwrite what the call writes */
function checkUnqueued(queue: unknown, call: string): void {
  if (queue) throw new ArgumentError("writeBehind", `no queue in the definition, for ${call}`);
}

/** @throws ArgumentError */
function checkedList<Fields>(list: readonly Fields[]): readonly Fields[] {
  // A hole of a list becomes `undefined`, which is no fields.
  if (Array.isArray(list)) return Array.from(list);
  throw new ArgumentError("fields", "a list of the fields of entries");
}

function loaderOf<Fields, Value>(
  { load }: ResolvedDefinition<Fields, Value>,
  options: GetOptions<Fields, Value> | undefined,
): Loader<Fields, Value> {
  const loader = (options && readFrom("options", () => options.load)) ?? load;
  if (typeof loader === "function") return loader;
  throw new ArgumentError("load", "a loader, in the definition or in the options of the call");
}

function tagsOf<Fields, Value>(
  { tagsOf: tags }: ResolvedDefinition<Fields, Value>,
  fields: Fields,
): readonly string[] {
  return checkedTags(tags(fields), "a function that returns a list of names");
}
