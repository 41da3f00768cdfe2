// cache.touch 1.0.0. Generated from lua/cache/touch.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.touch`. */
export interface CacheTouchArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** As in the call of cache.read that granted the lease. 12 to 12 bytes. */
  readonly fillId: string;
  /** The fill id of the entry that the source has compared. 12 to 12 bytes. */
  readonly unchanged: string;
  /** The tokens that the tags had before the source was asked. 21 to 8,192 bytes. */
  readonly tokens: string;
  /** At most keepMs counts. Milliseconds, 0 to 8,640,000,000,000,000. */
  readonly freshMs: number;
  /** The fresh and the stale time together. Milliseconds, 1 to 31,622,400,000. */
  readonly keepMs: number;
}

/** Reply of `cache.touch`: `outcome` says what happened. */
export type CacheTouchReply =
  | {
      /**
       * - `touched`
       * - `absent`: there is no such entry any more, and the caller keeps the lease.
       * - `refused`: the lease has ended, or was taken away.
       */
      readonly outcome: "touched" | "absent" | "refused";
    };

/** The function of `cache.touch`. A tenant's `scripts.cache` has it. */
export interface CacheTouchOperation {
  /**
   * Makes an entry fresh again without sending its value, because the source says that it is
   * unchanged.
   *
   * Outcomes:
   * - `touched`
   * - `absent`: there is no such entry any more, and the caller keeps the lease.
   * - `refused`: the lease has ended, or was taken away.
   *
   * Units: `freshMs`, `keepMs` in milliseconds.
   *
   * Cost: O(1), plus the length of the value.
   *
   * Retry: never. A second run could make the entry fresh again after a soft invalidation.
   *
   * Lua source: `lua/cache/touch.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An unchanged entry becomes fresh, with the tokens of now.
   * const reply = await acme.scripts.cache.touch({
   *   entry: "entry-1",
   *   fillId: "aaaaaaaaaaaa",
   *   unchanged: "0123456789ab",
   *   tokens: "9b1e64d02a77.00000000",
   *   freshMs: 1000,
   *   keepMs: 9000,
   * });
   * // reply: { outcome: "touched" }
   * ```
   */
  touch(args: CacheTouchArgs, options?: CallOptions): Promise<CacheTouchReply>;
}

/** The script `cache.touch`, as a client loads and calls it. */
export const cacheTouch: Script<CacheTouchArgs, CacheTouchReply> = {
  name: "cache.touch",
  version: "1.0.0",
  digest: "10f72caf82e11a2f29bb1c9c0f6a698a4bdb478e",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<entry>}:cache",
    "<namespace>:{<tenant>:<entry>}:cache-lease",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cacheEntry(scope, args.entry),
        keys.cacheLease(scope, args.entry),
      ],
      args: [
        argument.fillId.encode("fillId", args.fillId),
        argument.unchanged.encode("unchanged", args.unchanged),
        argument.tokens.encode("tokens", args.tokens),
        argument.freshMs.encode("freshMs", args.freshMs),
        argument.keepMs.encode("keepMs", args.keepMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  fillId: types.fillId,
  unchanged: types.fillId,
  tokens: types.entryTokens,
  freshMs: types.waitMs,
  keepMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["touched", "absent", "refused"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "6-12:6",
  "lua/cache/touch.lua": "48:37 49:37 50-58:37 73-81:46 107-119:55",
  "lua/lib/cache/entry_head.lua": "62-72:7",
  "lua/lib/cache/check_hex.lua": "84-88:5",
  "lua/lib/now_ms.lua": "91-94:4",
  "lua/lib/cache/new_entry.lua": "97-106:12",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cache.touch 1.0.0. Generated from lua/cache/touch.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with \` waited\` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT cache.touch expected 2 keys and 5 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.touch fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.touch fill_id: expected no control characters and no braces" }
end
local arg_unchanged = ARGV[2]
if #arg_unchanged < 12 or #arg_unchanged > 12 then
  return { err = "ARGUMENT cache.touch unchanged: expected 12 to 12 bytes" }
end
if string.find(arg_unchanged, "[%c{}]") then
  return { err = "ARGUMENT cache.touch unchanged: expected no control characters and no braces" }
end
local arg_tokens = ARGV[3]
if #arg_tokens < 21 or #arg_tokens > 8192 then
  return { err = "ARGUMENT cache.touch tokens: expected 21 to 8192 bytes" }
end
local arg_fresh_ms = tonumber(ARGV[4])
if not arg_fresh_ms or arg_fresh_ms < 0 or arg_fresh_ms > 8640000000000000 or arg_fresh_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.touch fresh_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_keep_ms_digits = ARGV[5]
local arg_keep_ms = string.find(arg_keep_ms_digits, "^[1-9]%d*$") and tonumber(arg_keep_ms_digits)
if not arg_keep_ms or arg_keep_ms > 31622400000 then
  return { err = "ARGUMENT cache.touch keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/touch.lua:
--- Makes an entry fresh again without sending its value, because the source says that it is unchanged.
do
  local cache_entry, cache_lease, fill_id, unchanged, tokens, fresh_ms, keep_ms, keep_ms_digits =
    KEYS[1], KEYS[2], arg_fill_id, arg_unchanged, arg_tokens, arg_fresh_ms, arg_keep_ms, arg_keep_ms_digits
  local holder, waited = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "refused"
  end
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
  local _, stored_id = entry_head(stored)
  if stored_id ~= unchanged then
    return "absent"
  end
  local head_end = string.find(stored, "\\n", 1, true)
  if not head_end then
    error({ err = "CORRUPT cache entry" })
  end
  local coding, value = string.sub(stored, 2, 3), string.sub(stored, head_end + 1)
  -- From lua/lib/cache/check_hex.lua:
  --- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
  local function check_hex(name, text)
    if string.find(text, "%X") then
      error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
    end
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  -- From lua/lib/cache/new_entry.lua:
  --- Makes the text of an entry: its header line and its value.
  local function new_entry(coding, fill_id, tokens, value, fresh_ms)
    check_hex("fill_id", fill_id)
    if string.find(coding, " ", 1, true) then
      error({ err = "ARGUMENT coding: expected no space" })
    end
    if string.find(tokens, "\\n", 1, true) then
      error({ err = "ARGUMENT tokens: expected no line break" })
    end
    return string.format("1%s %013d %s %s\\n", coding, now_ms() + fresh_ms, fill_id, tokens) .. value
  end
  redis.call(
    "SET",
    cache_entry,
    new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms)),
    "PX",
    keep_ms_digits
  )
  redis.call("DEL", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "filled")
  end
  return "touched"
end
`;
