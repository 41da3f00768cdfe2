// cache.peek 1.0.0. Generated from lua/cache/peek.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, textsOf, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.peek`. */
export interface CachePeekArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
}

/** Reply of `cache.peek`: `outcome` says what happened. */
export type CachePeekReply =
  | {
      /** `fresh` */
      readonly outcome: "fresh";
      /** A cache entry: its header line and its value. 1 to 4,202,600 bytes. */
      readonly stored: Buffer;
      /** By Redis's clock. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly freshForMs: number;
    }
  | {
      /** `stale` */
      readonly outcome: "stale";
      /** A cache entry: its header line and its value. 1 to 4,202,600 bytes. */
      readonly stored: Buffer;
    }
  | {
      /**
       * - `absent`
       * - `foreign`: another release of the service wrote it, in a form that this one does not
       *   know.
       */
      readonly outcome: "absent" | "foreign";
    };

/** The function of `cache.peek`. A tenant's `scripts.cache` has it. */
export interface CachePeekOperation {
  /**
   * Reads an entry, and grants no lease.
   *
   * Outcomes:
   * - `fresh`
   * - `stale`
   * - `absent`
   * - `foreign`: another release of the service wrote it, in a form that this one does not know.
   *
   * Units: `freshForMs` in milliseconds.
   *
   * Cost: O(1), plus the length of the entry.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/cache/peek.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A fresh entry.
   * const reply = await acme.scripts.cache.peek({ entry: "entry-1" });
   * // reply: {
   * //   outcome: "fresh",
   * //   stored: Buffer.from("1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"),
   * //   freshForMs: …,
   * // }
   * ```
   */
  readonly peek: {
    (args: CachePeekArgs, options?: CallOptions): Promise<CachePeekReply>;
    /**
     * Makes many calls of `peek` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CachePeekArgs[], options?: CallOptions): Promise<ManyResult<CachePeekReply>[]>;
  };
}

/** The script `cache.peek`, as a client loads and calls it. */
export const cachePeek: ManyScript<CachePeekArgs, CachePeekReply> = {
  name: "cache.peek",
  version: "1.0.0",
  digest: "5e4332a229812ef0bcb411683ae1a057b74d1a99",
  writes: false,
  resend: "safe",
  repliesBytes: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<entry>}:cache",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheEntry(scope, args.entry)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", textsOf(fields[0]));
    switch (outcome) {
      case "fresh":
        return {
          outcome,
          stored: field.stored.decode("stored", fields[1]),
          freshForMs: field.freshForMs.decode("freshForMs", textsOf(fields[2])),
        };
      case "stale":
        return {
          outcome,
          stored: field.stored.decode("stored", fields[1]),
        };
      case "absent":
      case "foreign":
        return {
          outcome,
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 100,
    width: 3,
    digest: "97d0af208c8d150bbeb0ad354aff4b654fd930d4",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "entry", args.entry);
      call.endTag("}:cache");
      call.endKey();
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["fresh", "stale", "absent", "foreign"]),
  stored: types.storedEntry,
  freshForMs: types.waitMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/cache/peek.lua": "11:28 12-16:28 31-34:33 41-46:37",
  "lua/lib/cache/entry_head.lua": "20-30:7",
  "lua/lib/now_ms.lua": "37-40:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- cache.peek 1.0.0. Generated from lua/cache/peek.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.peek expected 1 key and 0 arguments" }
end

-- From lua/cache/peek.lua:
--- Reads an entry, and grants no lease.
do
  local cache_entry = KEYS[1]
  local stored = redis.call("GET", cache_entry)
  if not stored then
    return "absent"
  end
  -- From lua/lib/cache/entry_head.lua:
  --- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
  --- that filled it.
  local function entry_head(stored)
    if string.sub(stored, 1, 1) ~= "1" then
      return nil
    end
    local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
    local fresh_until_ms = tonumber(fresh_until)
    if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
      error({ err = "CORRUPT cache entry" })
    end
    return fresh_until_ms, fill_id
  end
  local fresh_until_ms = entry_head(stored)
  if not fresh_until_ms then
    return "foreign"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local fresh_for_ms = fresh_until_ms - now_ms()
  if fresh_for_ms > 0 then
    return { "fresh", stored or false, fresh_for_ms }
  end
  return { "stale", stored }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/entry_head.lua": "8-18:7",
  "lua/lib/now_ms.lua": "22-25:4",
  "lua/cache/peek.lua": "41:28 42-56:28",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- cache.peek 1.0.0. Generated from lua/cache/peek.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/cache/entry_head.lua:
--- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
--- that filled it.
local function entry_head(stored)
  if string.sub(stored, 1, 1) ~= "1" then
    return nil
  end
  local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
  local fresh_until_ms = tonumber(fresh_until)
  if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
    error({ err = "CORRUPT cache entry" })
  end
  return fresh_until_ms, fill_id
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 100 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.peek expected 1 to 100 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/cache/peek.lua:
  --- Reads an entry, and grants no lease.
  do
    local cache_entry = KEYS[wrapper_keys + 1]
    local stored = redis.call("GET", cache_entry)
    if not stored then
      return "absent"
    end
    local fresh_until_ms = entry_head(stored)
    if not fresh_until_ms then
      return "foreign"
    end
    local fresh_for_ms = fresh_until_ms - now_ms()
    if fresh_for_ms > 0 then
      return "fresh", stored or false, fresh_for_ms
    end
    return "stale", stored
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
