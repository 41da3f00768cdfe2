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
   * The number decides in which shard an item is. It never changes afterwards, unless a failover
   * loses it: then the next call chooses it anew. So all services pass the same number.
   *
   * Reply:
   * - `shards`: The number of the queue. Shards, 1 to 256.
   *
   * Units: `shards` in shards.
   *
   * Cost: O(1).
   *
   * Retry: safe. The first call chooses the number, and no later call changes it unless a failover
   * has lost it; then the next call chooses it anew.
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
  digest: "ab0ba193b782feeea3e53c0cca59aa4d8b6bec14",
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
  "lua/lib/stored_integer.lua": {
    7: 9, 9: 11, 10: 12, 11: 13, 12: 14, 13: 15, 14: 16, 15: 17, 16: 18, 17: 19, 18: 20,
  },
  "lua/expiry/open.lua": {
    22: 4, 36: 34, 37: 34, 38: 35, 39: 36, 40: 37, 41: 38,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
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
