// expiry.discard_old 1.0.0. Generated from lua/expiry/discard_old.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.discard_old`. */
export interface ExpiryDiscardOldArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** How long an item stays dead. Milliseconds, 1 to 31,622,400,000. */
  readonly maxAgeMs: number;
  /** The maximum number of items; if so many were removed, call again. Items, 1 to 100. */
  readonly limit: number;
}

/** Reply of `expiry.discard_old`: `outcome` says what happened. */
export type ExpiryDiscardOldReply =
  | {
      /** `discarded` */
      readonly outcome: "discarded";
      /** How many items were removed. Things, 0 to 1,000. */
      readonly discarded: number;
    }
  | {
      /** `mismatch`: the operation was another call, and nothing is changed. */
      readonly outcome: "mismatch";
    };

/** The function of `expiry.discard_old`. A tenant's `scripts.expiry` has it. */
export interface ExpiryDiscardOldOperation {
  /**
   * Removes the oldest dead items, those that have been dead for longer than maxAgeMs.
   *
   * Outcomes:
   * - `discarded`
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `maxAgeMs` in milliseconds; `limit` in items; `discarded` in things.
   *
   * Cost: O(limit * log N), N the dead items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered count and changes
   * nothing.
   *
   * Lua source: `lua/expiry/discard_old.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Only an item that has been dead for too long is removed.
   * const reply = await acme.scripts.expiry.discardOld({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   maxAgeMs: 60_000,
   *   limit: 10,
   * });
   * // reply: { outcome: "discarded", discarded: 1 }
   * ```
   */
  discardOld(args: ExpiryDiscardOldArgs, options?: CallOptions): Promise<ExpiryDiscardOldReply>;
}

/** The script `expiry.discard_old`, as a client loads and calls it. */
export const expiryDiscardOld: Script<ExpiryDiscardOldArgs, ExpiryDiscardOldReply> = {
  name: "expiry.discard_old",
  version: "1.0.0",
  digest: "0bc91b6467369eeacc9e2a1ab4fd2fe10a1e022b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:expiry-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.expiryOperation(scope, args.queue, args.queueShard, operation),
      ],
      args: [
        argument.maxAgeMs.encode("maxAgeMs", args.maxAgeMs),
        argument.limit.encode("limit", args.limit),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "discarded":
        return {
          outcome,
          discarded: field.discarded.decode("discarded", fields[1]),
        };
      case "mismatch":
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
  maxAgeMs: types.ms,
  limit: types.itemLimit,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["discarded", "mismatch"]),
  discarded: types.processed,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/expiry/remembered_count.lua": "6-14:9 30-31:18",
  "lua/lib/stored_integer.lua": "18-29:9",
  "lua/expiry/discard_old.lua": "35:5 52:45 53:45 54-61:45 69-84:54",
  "lua/lib/now_ms.lua": "65-68:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.discard_old 1.0.0. Generated from lua/expiry/discard_old.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/expiry/remembered_count.lua:
--- Reads how many items an earlier run of an operation handled.
local function remembered_count(expiry_operation, call)
  local stored = redis.call("GET", expiry_operation)
  if not stored then
    return nil, false
  end
  local count, rest = string.match(stored, "^(%d+) (.*)$")
  if rest ~= call then
    return nil, true
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
  return stored_integer(count or false, "operation", 0, 100), false
end

-- From lua/expiry/discard_old.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.discard_old expected 4 keys and 2 arguments" }
end
local arg_max_age_ms = tonumber(ARGV[1])
if not arg_max_age_ms or arg_max_age_ms < 1 or arg_max_age_ms > 31622400000 or arg_max_age_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.discard_old max_age_ms: expected a whole number from 1 to 31622400000" }
end
local arg_limit_digits = ARGV[2]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT expiry.discard_old limit: expected a whole number from 1 to 100" }
end

--- Removes the oldest dead items, those that have been dead for longer than max_age_ms.
do
  local attempts, dead, reasons, expiry_operation, max_age_ms, limit, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_max_age_ms, arg_limit, arg_limit_digits
  local call = string.format("discard_old %d %d", max_age_ms, limit)
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return { "discarded", count }
  end

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local before = "(" .. string.format("%d", now_ms() - max_age_ms)
  local found = redis.call("ZRANGE", dead, "-inf", before, "BYSCORE", "LIMIT", "0", limit_digits)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  redis.call("SET", expiry_operation, string.format("%d %s", #found, call), "PX", HORIZON_MS)
  if #found > 0 then
    -- at most 100 items
    redis.call("ZREM", dead, unpack(found))
    -- at most 100 items
    redis.call("HDEL", reasons, unpack(found))
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(found))
  end
  return { "discarded", #found }
end
`;
