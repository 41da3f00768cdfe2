// quota.count 1.0.0. Generated from lua/quota/count.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `quota.count`. */
export interface QuotaCountArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly usageShard: string;
  /**
   * Names one thing, such as a product, a warehouse or an owner. It may be part of a key. 1 to 256
   * bytes.
   */
  readonly entry: string;
  /** The bytes of entries of a cache. Bytes, 0 to 9,007,199,254,740,991. */
  readonly bytes: number;
  /** The time until the entry ends. Milliseconds, 1 to 31,622,400,000. */
  readonly keepMs: number;
  /** Absent: any number. Entries, 0 to 1,000,000,000. */
  readonly maxEntries?: number | undefined;
  /** Absent: any number. Bytes, 0 to 9,007,199,254,740,991. */
  readonly maxBytes?: number | undefined;
  /** No entry is evicted; otherwise the oldest ones make room. */
  readonly refuses: boolean;
}

/** Reply of `quota.count`: `outcome` says what happened. */
export type QuotaCountReply =
  | {
      /**
       * - `counted`
       * - `full`: the entry must not be stored, and an older value of it is counted as before.
       * - `lost`: Redis had evicted one of the keys, so nothing is counted until the next call.
       */
      readonly outcome: "counted" | "full" | "lost";
      /**
       * At most 8 entries that must be removed, and are no longer counted. At most 1,000 elements;
       * each 1 to 256 bytes.
       */
      readonly evicted: readonly string[];
      /**
       * For quota.forget, if the entry is not stored after all; 0: forget nothing. When counted: 0
       * if it was counted before, because an older value may be stored. When full: that of the
       * older value. 0 to 9,007,199,254,740,991.
       */
      readonly number: number;
    };

/** The function of `quota.count`. A tenant's `scripts.quota` has it. */
export interface QuotaCountOperation {
  /**
   * Counts an entry for the quota of its tenant, and says which entries the caller must remove.
   *
   * It counts no entry that would pass the quota. It forgets entries that have ended: of the next 8
   * in turn, and above the quota of the 17 oldest. So an ended entry of N counts for at most N / 7
   * + 2 calls.
   *
   * Outcomes:
   * - `counted`
   * - `full`: the entry must not be stored, and an older value of it is counted as before.
   * - `lost`: Redis had evicted one of the keys, so nothing is counted until the next call.
   *
   * Units: `bytes`, `maxBytes` in bytes; `keepMs` in milliseconds; `maxEntries` in entries.
   *
   * Cost: O(log N), N the entries of the shard.
   *
   * Retry: never. A second run could count an entry again that was removed since.
   *
   * Lua source: `lua/quota/count.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An entry is counted.
   * const reply = await acme.scripts.quota.count({
   *   usageShard: "usage-shard-1",
   *   entry: "lamp",
   *   bytes: 300,
   *   keepMs: 60_000,
   *   maxEntries: 10,
   *   refuses: false,
   * });
   * // reply: { outcome: "counted", evicted: [], number: … }
   * ```
   */
  count(args: QuotaCountArgs, options?: CallOptions): Promise<QuotaCountReply>;
}

/** The script `quota.count`, as a client loads and calls it. */
export const quotaCount: Script<QuotaCountArgs, QuotaCountReply> = {
  name: "quota.count",
  version: "1.0.0",
  digest: "090886476820a7a308fc697f692d7499f549638c",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<usage_shard>}:cache-usage",
    "<namespace>:{<tenant>:<usage_shard>}:cache-sizes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cacheUsage(scope, args.usageShard),
        keys.cacheSizes(scope, args.usageShard),
      ],
      args: [
        argument.entry.encode("entry", args.entry),
        argument.bytes.encode("bytes", args.bytes),
        argument.keepMs.encode("keepMs", args.keepMs),
        argument.maxEntries.encode("maxEntries", args.maxEntries),
        argument.maxBytes.encode("maxBytes", args.maxBytes),
        argument.refuses.encode("refuses", args.refuses),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, evicted: field.evicted.decode("evicted", fields[1]), number: field.number.decode("number", fields[2]) };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  entry: types.id,
  bytes: types.entryBytes,
  keepMs: types.ms,
  maxEntries: optional(types.entryCount),
  maxBytes: optional(types.entryBytes),
  refuses: types.flag,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["counted", "full", "lost"]),
  evicted: listType(types.id, 1000),
  number: types.sequence,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/quota/count.lua": "55:58 56:58 57-72:58 88-91:74 104-185:78",
  "lua/lib/stored_integer.lua": "76-87:9",
  "lua/lib/quota/stored_size.lua": "94-103:8",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- quota.count 1.0.0. Generated from lua/quota/count.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 6 then
  return { err = "ARGUMENT quota.count expected 2 keys and 6 arguments" }
end
local arg_entry = ARGV[1]
if arg_entry == "" or #arg_entry > 256 then
  return { err = "ARGUMENT quota.count entry: expected 1 to 256 bytes" }
end
if string.find(arg_entry, "[%c{}]") then
  return { err = "ARGUMENT quota.count entry: expected no control characters and no braces" }
end
local arg_bytes = tonumber(ARGV[2])
if not arg_bytes or arg_bytes < 0 or arg_bytes > 9007199254740991 or arg_bytes % 1 ~= 0 then
  return { err = "ARGUMENT quota.count bytes: expected a whole number from 0 to 9007199254740991" }
end
local arg_keep_ms = tonumber(ARGV[3])
if not arg_keep_ms or arg_keep_ms < 1 or arg_keep_ms > 31622400000 or arg_keep_ms % 1 ~= 0 then
  return { err = "ARGUMENT quota.count keep_ms: expected a whole number from 1 to 31622400000" }
end
local arg_max_entries = tonumber(ARGV[4])
if ARGV[4] ~= "" then
  if
    not arg_max_entries
    or arg_max_entries < 0
    or arg_max_entries > 1000000000
    or arg_max_entries % 1 ~= 0
  then
    return { err = "ARGUMENT quota.count max_entries: expected a whole number from 0 to 1000000000" }
  end
end
local arg_max_bytes = tonumber(ARGV[5])
if ARGV[5] ~= "" then
  if not arg_max_bytes or arg_max_bytes < 0 or arg_max_bytes > 9007199254740991 or arg_max_bytes % 1 ~= 0 then
    return { err = "ARGUMENT quota.count max_bytes: expected a whole number from 0 to 9007199254740991" }
  end
end
local arg_refuses = ARGV[6]
if arg_refuses ~= "1" and arg_refuses ~= "0" then
  return { err = "ARGUMENT quota.count refuses: expected 1 or 0" }
end
arg_refuses = arg_refuses == "1"

-- From lua/quota/count.lua:
--- Counts an entry for the quota of its tenant, and says which entries the caller must remove.
do
  local cache_usage, cache_sizes, entry, bytes, keep_ms, max_entries, max_bytes, refuses =
    KEYS[1], KEYS[2], arg_entry, arg_bytes, arg_keep_ms, arg_max_entries, arg_max_bytes, arg_refuses
  local MAX_CHECKED, MAX_EVICTED, MAX_EXACT = 8, 8, 9007199254740991
  local most_entries, most_bytes = max_entries or MAX_EXACT, max_bytes or MAX_EXACT
  local function text(number)
    return string.format("%.0f", number)
  end
  local now = now_ms()
  local counted = redis.call("ZCARD", cache_usage)
  local state = redis.call("HMGET", cache_sizes, "bytes", "number", "checked", "=" .. entry)
  -- Beside three sums, it has the sizes of entries. Without one of the keys, the other one is of no use.
  local has_sizes = counted == 0 and redis.call("HLEN", cache_sizes) > 3
  if has_sizes or (counted > 0 and not state[2]) then
    redis.call("UNLINK", cache_usage)
    redis.call("UNLINK", cache_sizes)
    return { "lost", {}, 0 }
  end
  -- From lua/lib/stored_integer.lua:
  --- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
  --- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
  local function stored_integer(value, what, min, max)
    -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
    local MAX_EXACT = 9007199254740991
    if not value then
      return nil
    end
    local number = tonumber(value)
    if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
      error({ err = "CORRUPT " .. what })
    end
    return number
  end
  local sum = counted > 0 and stored_integer(state[1], "cache-sizes") or 0
  -- It begins with the time: otherwise quota.forget could meet a number again.
  local number = stored_integer(state[2], "cache-sizes", 0, MAX_EXACT - 1) or now
  local checked = stored_integer(state[3], "cache-sizes") or 0
  -- From lua/lib/quota/stored_size.lua:
  --- Reads what quota.count has stored about an entry. Any other text ends the script.
  local function stored_size(stored)
    if not stored then
      return 0, 0
    end
    local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
    if not bytes then
      error({ err = "CORRUPT size of an entry" })
    end
    return stored_integer(bytes, "size of an entry") or 0, stored_integer(ends_ms, "size of an entry") or 0
  end
  local old_bytes = stored_size(state[4])
  local old_number = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
  -- From here on, both are of the other entries.
  if old_number then
    counted = counted - 1
    sum = math.max(sum - old_bytes, 0)
  end
  local function is_over()
    return counted >= most_entries or sum + bytes > most_bytes
  end

  local removed, fields, evicted, is_skipped = {}, {}, {}, { [entry] = true }
  -- Removes those that have ended; if it evicts, others too until there is room.
  local function remove(names, evicts)
    local wanted = {}
    -- at most 17 entries
    for position = 1, #names do
      wanted[position] = "=" .. names[position]
    end
    -- at most 17 entries
    local texts = #names > 0 and redis.call("HMGET", cache_sizes, unpack(wanted)) or {}
    -- at most 17 entries
    for position = 1, #texts do
      local name = names[position]
      local size, ends_ms = stored_size(texts[position])
      local is_evicted = evicts and #evicted < MAX_EVICTED and is_over()
      if not is_skipped[name] and (ends_ms <= now or is_evicted) then
        removed[#removed + 1] = name
        fields[#fields + 1] = wanted[position]
        evicted[#evicted + 1] = is_evicted and name or nil
        is_skipped[name] = true
        counted = counted - 1
        sum = math.max(sum - size, 0)
      end
    end
  end

  local first = "(" .. text(checked)
  local found = redis.call("ZRANGE", cache_usage, first, "+inf", "BYSCORE", "LIMIT", "0", MAX_CHECKED)
  remove(found)
  -- After the last entry, the first one is next.
  local last = #found == MAX_CHECKED and redis.call("ZSCORE", cache_usage, found[#found] or "")
  checked = stored_integer(last, "cache-usage") or 0

  if is_over() then
    -- The entry itself, and those that are removed already, may be among them.
    local oldest = redis.call("ZRANGE", cache_usage, "0", MAX_CHECKED + MAX_EVICTED)
    remove(oldest)
    -- For an entry that is larger than the quota, others would go in vain.
    if not refuses and bytes <= most_bytes then
      remove(oldest, true)
    end
  end

  local is_full = is_over()
  if is_full then
    -- An older value of the entry may still be stored.
    sum = sum + (old_number and old_bytes or 0)
  else
    sum = sum + bytes
    number = number + 1
    redis.call("ZADD", cache_usage, text(number), entry)
    redis.call("HSET", cache_sizes, "=" .. entry, text(bytes) .. " " .. text(now + keep_ms))
  end
  -- One instant for both keys: a duration would begin a millisecond later for the second one.
  local ends_ms = text(math.max(redis.call("PEXPIRETIME", cache_usage), now + keep_ms))
  redis.call("HSET", cache_sizes, "bytes", text(sum), "number", text(number), "checked", text(checked))
  redis.call("PEXPIREAT", cache_usage, ends_ms)
  redis.call("PEXPIREAT", cache_sizes, ends_ms)
  if #removed > 0 then
    -- at most 25 entries
    -- moonpath-allow order/touch-after-remove: what PEXPIREAT removes has ended, with all its entries
    redis.call("ZREM", cache_usage, unpack(removed))
    -- at most 25 entries
    -- moonpath-allow order/touch-after-remove: what PEXPIREAT removes has ended, with all its entries
    redis.call("HDEL", cache_sizes, unpack(fields))
  end
  if is_full then
    return { "full", evicted, old_number or 0 }
  end
  return { "counted", evicted, old_number and 0 or number }
end
`;
