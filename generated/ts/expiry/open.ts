// expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.open`. */
export interface ExpiryOpenArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** The number for a queue that has none yet; absent: 16. Shards, 1 to 256. */
  readonly shards?: number | undefined;
}

/** Reply of `expiry.open`. */
export interface ExpiryOpenReply {
  /** The number of the queue. Shards, 1 to 256. */
  readonly shards: number;
}

/** The function of `expiry.open`. A tenant's `scripts.expiry` has it. */
export interface ExpiryOpenOperation {
  /**
   * Returns the number of shards of a queue, and chooses it if this is the queue's first call.
   *
   * The number never changes afterwards, because it decides in which shard an item is.
   *
   * Reply:
   * - `shards`: The number of the queue. Shards, 1 to 256.
   *
   * Units: `shards` in shards.
   *
   * Cost: O(1).
   *
   * Retry: safe. The first call chooses the number, and no later call changes it.
   *
   * Lua source: `lua/expiry/open.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // The first call chooses the number.
   * const reply = await acme.scripts.expiry.open({ queue: "queue-1", shards: 64 });
   * // reply: { shards: 64 }
   * ```
   */
  open(args: ExpiryOpenArgs, options?: CallOptions): Promise<ExpiryOpenReply>;
}

/** The script `expiry.open`, as a client loads and calls it. */
export const expiryOpen: Script<ExpiryOpenArgs, ExpiryOpenReply> = {
  name: "expiry.open",
  version: "1.0.0",
  digest: "4585a8c9fc590ec36716e4b2aed10b95d308af69",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:shards",
  ],
  encode(scope, args) {
    return {
      keys: [keys.shards(scope, args.queue)],
      args: [argument.shards.encode("shards", args.shards)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      shards: field.shards.decode("shards", fields[0]),
    };
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
  shards: optional(types.shardCount),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  shards: types.shardCount,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stored_integer.lua": {
    25: 4, 29: 14, 30: 15, 31: 16, 32: 17, 33: 18, 34: 19, 35: 20, 36: 21, 37: 22, 38: 23,
  },
  "lua/expiry/open.lua": {
    42: 4, 56: 32, 57: 32, 58: 33, 59: 34, 60: 35, 61: 36,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/expiry/open.lua:
-- Without another number, a queue has so many shards.
local DEFAULT_SHARDS = 16

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.open expected 1 key and 1 argument" }
end
local arg_shards = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_shards or arg_shards < 1 or arg_shards > 256 or arg_shards % 1 ~= 0 then
    return { err = "ARGUMENT expiry.open shards: expected a whole number from 1 to 256" }
  end
end

--- Returns the number of shards of a queue, and chooses it if this is the queue's first call.
do
  local shards_key, shards = KEYS[1], arg_shards
  local wanted = shards or DEFAULT_SHARDS
  local chosen = redis.call("SET", shards_key, string.format("%d", wanted), "NX", "GET")
  return stored_integer(chosen, "number of shards", 1, 256) or wanted
end
`;
