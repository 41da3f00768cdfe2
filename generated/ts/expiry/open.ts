// expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.open`. */
export interface ExpiryOpenArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** The number for a queue that has none yet; absent: choose none. Shards, 1 to 256. */
  readonly shards?: number | undefined;
}

/** Reply of `expiry.open`: `outcome` says what happened. */
export type ExpiryOpenReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** The number of the queue. Shards, 1 to 256. */
      readonly shards: number;
    }
  | {
      /** `unknown`: the queue has no number, so nobody has tracked an item. */
      readonly outcome: "unknown";
    };

/** The function of `expiry.open`. A tenant's `scripts.expiry` has it. */
export interface ExpiryOpenOperation {
  /**
   * Returns the number of shards of a queue. With `shards`, it chooses the number of a queue that
   * has none yet.
   *
   * The number decides in which shard an item is. It never changes afterwards, unless a failover
   * loses it: then the next call with a number chooses it anew. So all services pass the same
   * number.
   *
   * Outcomes:
   * - `known`
   * - `unknown`: the queue has no number, so nobody has tracked an item.
   *
   * Units: `shards` in shards.
   *
   * Cost: O(1).
   *
   * Retry: safe. The first call with a number chooses it, and no later call changes it unless a
   * failover has lost it.
   *
   * Lua source: `lua/expiry/open.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first call with a number chooses it.
   * const reply = await acme.scripts.expiry.open({ queue: "queue-1", shards: 64 });
   * // reply: { outcome: "known", shards: 64 }
   * ```
   */
  open(args: ExpiryOpenArgs, options?: CallOptions): Promise<ExpiryOpenReply>;
}

/** The script `expiry.open`, as a client loads and calls it. */
export const expiryOpen: Script<ExpiryOpenArgs, ExpiryOpenReply> = {
  name: "expiry.open",
  version: "1.0.0",
  digest: "cf16261dd25ef05aefa58de56a1600ebe551ff1b",
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
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          shards: field.shards.decode("shards", fields[1]),
        };
      case "unknown":
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
};

/** How each argument is encoded, with its bounds. */
const argument = {
  shards: optional(types.shardCount),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["known", "unknown"]),
  shards: types.shardCount,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/expiry/open.lua": "34:35 35-44:35",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/open.lua:
--- Returns the number of shards of a queue. With \`shards\`, it chooses the number of a queue that has
--- none yet.
do
  local shards_key, shards = KEYS[1], arg_shards
  local chosen = stored_integer(redis.call("GET", shards_key), "number of shards", 1, 256)
  if chosen then
    return { "known", chosen }
  elseif not shards then
    return "unknown"
  end
  redis.call("SET", shards_key, string.format("%d", shards))
  return { "known", shards }
end
`;
