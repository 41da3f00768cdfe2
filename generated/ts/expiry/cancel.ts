// expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.cancel`. */
export interface ExpiryCancelArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** The name of the item. 1 to 256 bytes. */
  readonly item: string;
}

/** Reply of `expiry.cancel`: `outcome` says what happened. */
export type ExpiryCancelReply =
  | {
      /**
       * - `cancelled`: the item is no longer tracked.
       * - `discarded`: the item was dead, and is removed with its reason.
       * - `claimed`: a worker has claimed the item, and its lease has not ended.
       * - `missing`: the item is neither tracked nor dead.
       * - `mismatch`: the operation was another call, and nothing is changed.
       */
      readonly outcome: "cancelled" | "discarded" | "claimed" | "missing" | "mismatch";
    };

/** The function of `expiry.cancel`. A tenant's `scripts.expiry` has it. */
export interface ExpiryCancelOperation {
  /**
   * Stops tracking an item that no worker has claimed, or removes a dead item.
   *
   * An operation is remembered in the shard of its item. So the same operation with an item of
   * another shard is a new call, not a mismatch.
   *
   * Outcomes:
   * - `cancelled`: the item is no longer tracked.
   * - `discarded`: the item was dead, and is removed with its reason.
   * - `claimed`: a worker has claimed the item, and its lease has not ended.
   * - `missing`: the item is neither tracked nor dead.
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Cost: O(log N), N the tracked and the dead items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered outcome and changes
   * nothing.
   *
   * Lua source: `lua/expiry/cancel.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A tracked item is cancelled.
   * const reply = await acme.scripts.expiry.cancel({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   item: "offer-1",
   * });
   * // reply: { outcome: "cancelled" }
   * ```
   */
  cancel(args: ExpiryCancelArgs, options?: CallOptions): Promise<ExpiryCancelReply>;
}

/** The script `expiry.cancel`, as a client loads and calls it. */
export const expiryCancel: Script<ExpiryCancelArgs, ExpiryCancelReply> = {
  name: "expiry.cancel",
  version: "1.0.0",
  digest: "e32db8e558862808433eb5e2edf9f6df80822338",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:expiry-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.due(scope, args.queue, args.queueShard),
        keys.processing(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.expiryOperation(scope, args.queue, args.queueShard, operation),
      ],
      args: [argument.item.encode("item", args.item)],
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
  item: types.id,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["cancelled", "discarded", "claimed", "missing", "mismatch"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/expiry/claim_state.lua": "22-26:10 33-35:15",
  "lua/lib/now_ms.lua": "29-32:4",
  "lua/expiry/cancel.lua": "39:4 54:61 55:61 56-75:61 76:80 77:80 78:80 79:80 80-89:85",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/claim_state.lua:
--- Tells whether a worker has claimed an item, and whether the lease of its last worker has ended.
local function claim_state(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  if not lease_ends then
    return false, false
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local abandoned = lease_ends < now_ms()
  return not abandoned, abandoned
end

-- From lua/expiry/cancel.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.cancel expected 6 keys and 1 argument" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.cancel item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.cancel item: expected no control characters and no braces" }
end

--- Stops tracking an item that no worker has claimed, or removes a dead item.
do
  local due, processing, attempts, dead, reasons, expiry_operation, item =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_item
  local claimed, abandoned = claim_state(processing, item)
  local tracked = redis.call("ZSCORE", due, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  local outcome = "missing"
  if claimed then
    outcome = "claimed"
  elseif tracked or abandoned then
    outcome = "cancelled"
  elseif is_dead then
    outcome = "discarded"
  end

  local call = "cancel " .. outcome .. " " .. item
  local first = redis.call("SET", expiry_operation, call, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "cancel cancelled " .. item and "cancelled"
      or first == "cancel discarded " .. item and "discarded"
      or first == "cancel claimed " .. item and "claimed"
      or first == "cancel missing " .. item and "missing"
      or "mismatch"
  end
  if outcome == "cancelled" or outcome == "discarded" then
    redis.call("ZREM", due, item)
    redis.call("ZREM", processing, item)
    redis.call("HDEL", attempts, item)
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return outcome
end
`;
