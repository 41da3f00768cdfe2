// expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.renew`. */
export interface ExpiryRenewArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /** How long the worker has its items from now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `expiry.renew`: `outcome` says what happened. */
export type ExpiryRenewReply =
  | {
      /** `renewed`: the claim has the new lease, or a longer one. */
      readonly outcome: "renewed";
      /** When the lease ends. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
    }
  | {
      /** `lost`: the lease has ended. */
      readonly outcome: "lost";
    };

/** The function of `expiry.renew`. A tenant's `expiry` has it. */
export interface ExpiryRenewOperation {
  /**
   * Starts a new lease for a claim, from now on. It never makes the lease shorter.
   *
   * Outcomes:
   * - `renewed`: the claim has the new lease, or a longer one.
   * - `lost`: the lease has ended.
   *
   * Units: `leaseMs` in milliseconds; `leaseEndsMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(I log N), I the items of the claim, at most 1000, N the claimed items.
   *
   * Retry: safe. A second run, however late, makes no lease shorter.
   *
   * Lua source: `lua/expiry/renew.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A worker gets more time.
   * const reply = await acme.expiry.renew({
   *   queue: "queue-1",
   *   claim: "run-1",
   *   leaseMs: 8_000_000_000,
   * });
   * // reply: { outcome: "renewed", leaseEndsMs: … }
   * ```
   */
  renew(args: ExpiryRenewArgs, options?: CallOptions): Promise<ExpiryRenewReply>;
}

/** The script `expiry.renew`, as a client loads and calls it. */
export const expiryRenew: Script<ExpiryRenewArgs, ExpiryRenewReply> = {
  name: "expiry.renew",
  version: "1.0.0",
  digest: "198de3cee4b8ddbc91b609e546868c82c95820e4",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [argument.leaseMs.encode("leaseMs", args.leaseMs)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "renewed":
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
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["renewed", "lost"]),
  leaseEndsMs: types.epochMs,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/raise.lua": {
    13: 7, 19: 13, 20: 14, 21: 15,
  },
  "lua/lib/corrupt.lua": {
    26: 11, 27: 12, 28: 13,
  },
  "lua/lib/stored_integer.lua": {
    32: 4, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 41: 19, 42: 20, 43: 21, 44: 22, 45: 23,
  },
  "lua/lib/expiry/claim_lease.lua": {
    50: 6, 53: 12, 54: 13, 55: 14, 56: 15, 57: 16, 58: 17, 59: 18,
  },
  "lua/expiry/renew.lua": {
    64: 7, 66: 9, 78: 39, 79: 39, 80: 40, 81: 41, 82: 42, 83: 43, 84: 44, 85: 45, 86: 46, 88: 48, 90: 50,
    92: 52, 93: 53, 94: 54, 95: 55, 96: 56, 97: 57, 98: 58,
  },
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

-- From lua/lib/expiry/claim_lease.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""

--- Returns when a claim's lease ends, if it has not ended yet.
local function claim_lease(claim_key)
  local lease_ends = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

-- From lua/expiry/renew.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE_MEMBER = ""
-- The upper bound of the type limit.
local MAX_ITEMS = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.renew expected 2 keys and 1 argument" }
end
local arg_lease_ms = tonumber(ARGV[1])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for a claim, from now on. It never makes the lease shorter.
do
  local processing, claim_key, lease_ms = KEYS[1], KEYS[2], arg_lease_ms
  local old_lease_ends = claim_lease(claim_key)
  if not old_lease_ends then
    return "lost"
  end
  if redis.call("ZCARD", claim_key) > MAX_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", processing)

  local lease_ends = math.max(old_lease_ends, now_ms() + lease_ms)
  -- at most 1001 members: the items and the lease
  for _, item in ipairs(redis.call("ZRANGE", claim_key, "0", "-1")) do
    redis.call("ZADD", processing, "XX", lease_ends, item)
  end
  redis.call("ZADD", claim_key, lease_ends, LEASE_MEMBER)
  redis.call("PEXPIREAT", claim_key, lease_ends)
  return { "renewed", lease_ends }
end
`;
