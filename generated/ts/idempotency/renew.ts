// idempotency.renew 1.0.0. Generated from lua/idempotency/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.renew`. */
export interface IdempotencyRenewArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /** As begin returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /**
   * As begin or the last renew returned it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly leaseEndsMs: number;
  /** How long the runner has the request from now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `idempotency.renew`: `outcome` says what happened. */
export type IdempotencyRenewReply =
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
      /** `lost`: the lease has ended, or the request is done. */
      readonly outcome: "lost";
    };

/** The function of `idempotency.renew`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyRenewOperation {
  /**
   * Starts a new lease for the runner of a request, from now on. It never makes the lease shorter.
   *
   * It compares the end of the lease with the stored one, so a call that arrives late prolongs
   * nothing.
   *
   * Outcomes:
   * - `renewed`: the lease is as long as asked, or longer.
   * - `stale`: another call has renewed the lease, and nothing has changed.
   * - `lost`: the lease has ended, or the request is done.
   *
   * Units: `leaseEndsMs` in milliseconds since 1970-01-01 UTC; `leaseMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run, however late, finds another end of the lease, and is stale or lost.
   *
   * Lua source: `lua/idempotency/renew.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The runner gets a new lease.
   * const reply = await acme.scripts.idempotency.renew({
   *   request: "request-1",
   *   owner: "worker-1",
   *   fence: 7,
   *   leaseEndsMs: Date.now() + 20_000,
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "renewed", leaseEndsMs: … }
   * ```
   */
  renew(args: IdempotencyRenewArgs, options?: CallOptions): Promise<IdempotencyRenewReply>;
}

/** The script `idempotency.renew`, as a client loads and calls it. */
export const idempotencyRenew: Script<IdempotencyRenewArgs, IdempotencyRenewReply> = {
  name: "idempotency.renew",
  version: "1.0.0",
  digest: "7baf726d60fb13596313886cb098cc1d3c0b2e8b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<request>}:request",
    "<namespace>:{<tenant>:<request>}:request-owner:<owner>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.request(scope, args.request),
        keys.requestOwner(scope, args.request, args.owner),
      ],
      args: [
        argument.fence.encode("fence", args.fence),
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
  fence: types.fence,
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
  "lua/lib/owner_of.lua": "6-9:6",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/idempotency/renew.lua": "29-30:6 58:48 59:48 60-70:48 77-92:59",
  "lua/lib/now_ms.lua": "73-76:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- idempotency.renew 1.0.0. Generated from lua/idempotency/renew.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/owner_of.lua:
--- Returns the owner that a key \`<key>-owner:<owner>\` names.
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
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

-- From lua/idempotency/renew.lua:
-- As in idempotency.begin: how long a record and its owner are kept after the lease.
local KEPT_AFTER_LEASE_MS = 86400000
local REMEMBERED_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT idempotency.renew expected 2 keys and 3 arguments" }
end
local arg_fence_digits = ARGV[1]
local arg_fence = string.find(arg_fence_digits, "^[1-9]%d*$") and tonumber(arg_fence_digits)
if not arg_fence or arg_fence > 9007199254740991 then
  return { err = "ARGUMENT idempotency.renew fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_lease_ends_ms = tonumber(ARGV[2])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return {
    err = "ARGUMENT idempotency.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000",
  }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for the runner of a request, from now on. It never makes the lease shorter.
do
  local request, request_owner, fence, lease_ends_ms, lease_ms, fence_digits =
    KEYS[1], KEYS[2], arg_fence, arg_lease_ends_ms, arg_lease_ms, arg_fence_digits
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "lease_ends_ms")
  local state = stored[1]
  local stored_fence = stored_integer(stored[3], "fence")
  local stored_ends_ms = stored_integer(stored[4], "lease_ends_ms")
  if stored[2] ~= owner_of(request, request_owner) or stored_fence ~= fence or state == "done" then
    return "lost"
  end
  if state ~= "running" or not stored_ends_ms then
    error({ err = "CORRUPT state" })
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  if now >= stored_ends_ms then
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return { "stale", stored_ends_ms }
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local remembered_until = string.format("%d", new_ends_ms + REMEMBERED_MS)
  -- First, because GET refuses a key of another type.
  redis.call("SET", request_owner, fence_digits, "GET", "PXAT", remembered_until)
  redis.call("HSET", request, "lease_ends_ms", string.format("%d", new_ends_ms))
  redis.call("PEXPIREAT", request, string.format("%d", new_ends_ms + KEPT_AFTER_LEASE_MS))
  return { "renewed", new_ends_ms }
end
`;
