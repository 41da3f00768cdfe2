// expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.renew`. */
export interface ExpiryRenewArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /**
   * As claim or the last renew returned it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly leaseEndsMs: number;
  /** How long the worker has its items from now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `expiry.renew`: `outcome` says what happened. */
export type ExpiryRenewReply =
  | {
      /**
       * - `renewed`: the lease is as long as asked, or longer.
       * - `stale`: another call has renewed the lease, and nothing has changed.
       */
      readonly outcome: "renewed" | "stale";
      /** When the lease ends now. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
    }
  | {
      /** `lost`: the lease has ended. */
      readonly outcome: "lost";
    };

/** The function of `expiry.renew`. A tenant's `scripts.expiry` has it. */
export interface ExpiryRenewOperation {
  /**
   * Starts a new lease for a claim, from now on. It makes the lease shorter only if the lease would
   * end more than a minute later than asked. The clock was set back then, and nobody would get the
   * items of a dead worker for as long.
   *
   * It compares the end of the lease with the stored one, so a call that arrives late prolongs
   * nothing.
   *
   * Outcomes:
   * - `renewed`: the lease is as long as asked, or longer.
   * - `stale`: another call has renewed the lease, and nothing has changed.
   * - `lost`: the lease has ended.
   *
   * Units: `leaseEndsMs` in milliseconds since 1970-01-01 UTC; `leaseMs` in milliseconds.
   *
   * Cost: O(I log N), I the items of the claim, at most 100, N the claimed items.
   *
   * Retry: safe. A second run, however late, finds another end of the lease, and is stale or lost.
   *
   * Lua source: `lua/expiry/renew.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A worker gets more time.
   * const reply = await acme.scripts.expiry.renew({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   claim: "run-1",
   *   leaseEndsMs: Date.now() + 30_000,
   *   leaseMs: 1000,
   * });
   * // reply: { outcome: "renewed", leaseEndsMs: Date.now() + 30_001 }
   * ```
   */
  renew(args: ExpiryRenewArgs, options?: CallOptions): Promise<ExpiryRenewReply>;
}

/** The script `expiry.renew`, as a client loads and calls it. */
export const expiryRenew: Script<ExpiryRenewArgs, ExpiryRenewReply> = {
  name: "expiry.renew",
  version: "1.0.0",
  digest: "e56787047e2faeed2cbb96bbece920b8de60936b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue, args.queueShard),
        keys.claim(scope, args.queue, args.queueShard, args.claim),
      ],
      args: [
        argument.leaseEndsMs.encode("leaseEndsMs", args.leaseEndsMs),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "renewed":
      case "stale":
        return {
          outcome,
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[1]),
        };
      case "lost":
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
  leaseEndsMs: types.epochMs,
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["renewed", "stale", "lost"]),
  leaseEndsMs: types.epochMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/expiry/renew.lua": "29-31:5 54:56 55-91:56",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/expiry/renew.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A lease that would end so much later than asked was granted before the clock was set back.
local MAX_AHEAD_MS = 60000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.renew expected 2 keys and 2 arguments" }
end
local arg_lease_ends_ms = tonumber(ARGV[1])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT expiry.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for a claim, from now on. It makes the lease shorter only if the lease
--- would end more than a minute later than asked. The clock was set back then, and nobody would get the
--- items of a dead worker for as long.
do
  local processing, claim_key, lease_ends_ms, lease_ms = KEYS[1], KEYS[2], arg_lease_ends_ms, arg_lease_ms
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local stored_end = stored_integer(claim[1] or false, "end of a claim's lease")
  local now = now_ms()
  if not stored_end or stored_end < now then
    return "lost"
  elseif stored_end ~= lease_ends_ms then
    return { "stale", stored_end }
  end

  -- Always another end than before, so that the same call finds another one when it arrives again.
  local new_end = now + lease_ms
  if stored_end >= new_end and stored_end <= new_end + MAX_AHEAD_MS then
    new_end = stored_end + 1
  end
  local end_text = string.format("%d", new_end)
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local renewed = {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    -- Another worker has an item whose lease has another end.
    if position > 1 and tonumber(leases[position]) == stored_end then
      renewed[#renewed + 1] = end_text
      renewed[#renewed + 1] = item
    end
  end
  if #renewed > 0 then
    -- at most 200 values
    redis.call("ZADD", processing, "XX", unpack(renewed))
  end
  -- moonpath-allow order/write-before-check: the list has a first element, which was read above
  redis.call("LSET", claim_key, "0", end_text)
  redis.call("PEXPIREAT", claim_key, new_end + HORIZON_MS)
  return { "renewed", new_end }
end
`;
