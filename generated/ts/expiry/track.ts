// expiry.track 3.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.track`. */
export interface ExpiryTrackArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** The name of the item. 1 to 256 bytes. */
  readonly item: string;
  /** When the item is due. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
  readonly dueMs: number;
}

/** Reply of `expiry.track`: `outcome` says what happened. */
export type ExpiryTrackReply =
  | {
      /**
       * - `tracked`: the item has the new time.
       * - `claimed`: a worker has claimed the item, its lease has not ended, and nothing is
       *   changed.
       * - `mismatch`: the operation was another call, and nothing is changed.
       */
      readonly outcome: "tracked" | "claimed" | "mismatch";
    };

/** The function of `expiry.track`. A tenant's `expiry` has it. */
export interface ExpiryTrackOperation {
  /**
   * Sets the instant at which an item is due. It replaces an earlier instant.
   *
   * A dead item begins anew: it is no longer dead, and has no attempts. An item whose lease has
   * ended keeps its attempts.
   *
   * Outcomes:
   * - `tracked`: the item has the new time.
   * - `claimed`: a worker has claimed the item, its lease has not ended, and nothing is changed.
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N), N the tracked and the dead items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered outcome and changes
   * nothing.
   *
   * Lua source: `lua/expiry/track.lua`, version 3.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // An item is tracked.
   * const reply = await acme.expiry.track({
   *   queue: "queue-1",
   *   operation: "offer-1-v1",
   *   item: "offer-1",
   *   dueMs: 8_000_000_000_000,
   * });
   * // reply: { outcome: "tracked" }
   * ```
   */
  track(args: ExpiryTrackArgs, options?: CallOptions): Promise<ExpiryTrackReply>;
}

/** The script `expiry.track`, as a client loads and calls it. */
export const expiryTrack: Script<ExpiryTrackArgs, ExpiryTrackReply> = {
  name: "expiry.track",
  version: "3.0.0",
  digest: "b91069f1935d453537253a9e9a61150c98c41c04",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:dead",
    "<namespace>:{<tenant>:<queue>}:dead-reason",
    "<namespace>:{<tenant>:<queue>}:expiry-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
        keys.dead(scope, args.queue),
        keys.deadReason(scope, args.queue),
        keys.expiryOperation(scope, args.queue, operation),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
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
  item: types.id,
  dueMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["tracked", "claimed", "mismatch"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/stored_integer.lua": {
    14: 9, 16: 11, 17: 12, 18: 13, 19: 14, 20: 15, 21: 16, 22: 17, 23: 18, 24: 19, 25: 20,
  },
  "lua/lib/expiry/claim_state.lua": {
    29: 10, 30: 11, 31: 12, 32: 13, 33: 14, 34: 15, 35: 16, 36: 17,
  },
  "lua/lib/expiry/is_earliest.lua": {
    41: 10, 42: 11, 43: 12, 44: 13, 45: 14,
  },
  "lua/expiry/track.lua": {
    49: 5, 68: 70, 69: 70, 70: 70, 71: 71, 72: 72, 73: 73, 74: 74, 76: 76, 77: 77, 78: 78, 80: 80, 81: 81,
    82: 82, 83: 83, 84: 84, 85: 85, 86: 86, 87: 87, 88: 88, 89: 89, 90: 90, 91: 91, 92: 92, 93: 93, 94: 94,
    95: 95, 96: 96, 97: 97, 98: 98, 99: 99, 100: 100, 101: 101, 102: 102, 103: 103, 104: 104, 105: 105,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.track 3.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

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

-- From lua/lib/expiry/claim_state.lua:
--- Tells whether a worker has claimed an item, and whether the lease of its last worker has ended.
local function claim_state(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  if not lease_ends then
    return false, false
  end
  local abandoned = lease_ends < now_ms()
  return not abandoned, abandoned
end

-- From lua/lib/expiry/is_earliest.lua:
--- Tells whether an item will be due before all others and before all leases end. Then workers must
--- be woken, because they may be waiting longer.
local function is_earliest(due, processing, due_ms)
  local until_ms = string.format("%d", due_ms)
  return redis.call("ZCOUNT", due, "-inf", until_ms) == 0
    and redis.call("ZCOUNT", processing, "-inf", until_ms) == 0
end

-- From lua/expiry/track.lua:
-- 10 minutes: the time within which a late copy of a call must change nothing.
local HORIZON_MS = 600000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.track expected 6 keys and 2 arguments" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.track item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.track item: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.track due_ms: expected a whole number from 0 to 8640000000000000" }
end

--- Sets the instant at which an item is due. It replaces an earlier instant.
do
  local due, processing, attempts, dead, reasons, expiry_operation, item, due_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_item, arg_due_ms
  local claimed, abandoned = claim_state(processing, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  local wakes = is_earliest(due, processing, due_ms)
  if is_dead or abandoned then
    -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end

  local due_text = string.format("%d", due_ms)
  local tracked = "track tracked " .. due_text .. " " .. item
  local refused = "track claimed " .. due_text .. " " .. item
  local first =
    redis.call("SET", expiry_operation, claimed and refused or tracked, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == tracked and "tracked" or first == refused and "claimed" or "mismatch"
  end
  if claimed then
    return "claimed"
  end
  if wakes then
    redis.call("PUBLISH", due, "earlier")
  end
  redis.call("ZADD", due, due_text, item)
  if abandoned then
    redis.call("ZREM", processing, item)
    redis.call("HSETNX", attempts, item, "1")
  end
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
    redis.call("HDEL", attempts, item)
  end
  return "tracked"
end
`;
