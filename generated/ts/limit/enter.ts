// limit.enter 1.0.0. Generated from lua/limit/enter.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `limit.enter`. */
export interface LimitEnterArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly name: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /** How many owners may have a permit at the same time. Permits, 1 to 1,000. */
  readonly maxPermits: number;
  /** How long the permit is held unless renewed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /** The caller asks again until it enters or calls leave. */
  readonly waits?: boolean | undefined;
}

/** Reply of `limit.enter`: `outcome` says what happened. */
export type LimitEnterReply =
  | {
      /** `entered`: the caller has a permit. */
      readonly outcome: "entered";
      /** Below maxPermits of this call. 0 to 999. */
      readonly permit: number;
      /** A store refuses a write with a lower one for this permit. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
      /** Pass it to renew. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
      /**
       * An earlier call of this owner has entered, so the lease counts from then; renew it before
       * you rely on its length.
       */
      readonly repeated: boolean;
    }
  | {
      /** `full`: maxPermits others have one. */
      readonly outcome: "full";
      /** Until the first of the leases ends. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
    }
  | {
      /** `ended`: this owner has had a permit or has given up, and needs a new name. */
      readonly outcome: "ended";
    };

/** The function of `limit.enter`. A tenant's `scripts.limit` has it. */
export interface LimitEnterOperation {
  /**
   * Gets one of a limited number of permits for a while, or says when to try again.
   *
   * At most maxPermits owners have a permit at the same time. Each permit has a number, and its
   * fence rises with every holder while the permits are stored. A store that the permits guard
   * should keep the highest fence of each number, and refuse a write with a lower one.
   *
   * If maxPermits becomes smaller, holders stay until they leave or their lease ends. Until then
   * nobody enters.
   *
   * An owner enters at most once. So a call that arrives late gets no permit for a caller that has
   * gone on. The reply full ends the owner too, unless it waits. The memory of an owner has about
   * 200 bytes.
   *
   * Outcomes:
   * - `entered`: the caller has a permit.
   * - `full`: maxPermits others have one.
   * - `ended`: this owner has had a permit or has given up, and needs a new name.
   *
   * Units: `maxPermits` in permits; `leaseMs`, `retryAfterMs` in milliseconds; `leaseEndsMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N), N the permits.
   *
   * Retry: safe. Within 10 minutes after the lease, because its owner is known: it gets the same
   * reply while it has the permit, and ended afterwards. An owner that waits may enter until it
   * calls leave.
   *
   * Lua source: `lua/limit/enter.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first owner gets the first permit.
   * const reply = await acme.scripts.limit.enter({
   *   name: "name-1",
   *   owner: "alice",
   *   maxPermits: 2,
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "entered", permit: 0, fence: …, leaseEndsMs: …, repeated: false }
   * ```
   */
  enter(args: LimitEnterArgs, options?: CallOptions): Promise<LimitEnterReply>;
}

/** The script `limit.enter`, as a client loads and calls it. */
export const limitEnter: Script<LimitEnterArgs, LimitEnterReply> = {
  name: "limit.enter",
  version: "1.0.0",
  digest: "a39bd88f8ebf325e4da100eb623e389e31bc5717",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<name>}:permits",
    "<namespace>:{<tenant>:<name>}:permit-owner:<owner>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.permits(scope, args.name),
        keys.permitOwner(scope, args.name, args.owner),
      ],
      args: [
        argument.maxPermits.encode("maxPermits", args.maxPermits),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.waits.encode("waits", args.waits),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "entered":
        return {
          outcome,
          permit: field.permit.decode("permit", fields[1]),
          fence: field.fence.decode("fence", fields[2]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[3]),
          repeated: field.repeated.decode("repeated", fields[4]),
        };
      case "full":
        return {
          outcome,
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[5]),
        };
      case "ended":
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
  maxPermits: types.permitCount,
  leaseMs: types.ms,
  waits: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["entered", "full", "ended"]),
  permit: types.permitNumber,
  fence: types.fence,
  leaseEndsMs: types.epochMs,
  repeated: types.flag,
  retryAfterMs: types.ms,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/limit/stored_permit.lua": "22-33:6",
  "lua/limit/enter.lua": "38-42:6 67:69 68:69 69-154:69",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- limit.enter 1.0.0. Generated from lua/limit/enter.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/limit/stored_permit.lua:
--- Reads a permit, which is stored as \`<number> <fence>\`.
local function stored_permit(permit)
  -- The upper bound of the type permit_number.
  local MAX_NUMBER = 999
  -- The upper bound of the type fence. A stored fence leaves room for the next one.
  local MAX_FENCE = 9007199254740991
  local number_text, fence_text = string.match(permit, "^(%d+) (%d+)$")
  local number, fence = tonumber(number_text), tonumber(fence_text)
  if not number or number > MAX_NUMBER or fence >= MAX_FENCE - 1 then
    error({ err = "CORRUPT permit" })
  end
  return number, fence
end

-- From lua/limit/enter.lua:
-- How long permits and their owners are remembered after a lease has ended. It is the horizon of late
-- calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local KEPT_MS = 660000
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000
-- A permit that was left has its number minus this as its score: the lowest number comes first.
local LEFT = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT limit.enter expected 2 keys and 3 arguments" }
end
local arg_max_permits = tonumber(ARGV[1])
if not arg_max_permits or arg_max_permits < 1 or arg_max_permits > 1000 or arg_max_permits % 1 ~= 0 then
  return { err = "ARGUMENT limit.enter max_permits: expected a whole number from 1 to 1000" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT limit.enter lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_waits = ARGV[3]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT limit.enter waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

--- Gets one of a limited number of permits for a while, or says when to try again.
do
  local permits, permit_owner, max_permits, lease_ms, waits =
    KEYS[1], KEYS[2], arg_max_permits, arg_lease_ms, arg_waits
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now_ms = math.floor(clock_us / 1000)
  local now_text = string.format("%d", now_ms)
  local held = redis.call("ZCOUNT", permits, "(" .. now_text, "+inf")
  local lowest = redis.call("ZRANGE", permits, "0", "0", "WITHSCORES")
  local score = stored_integer(lowest[2] or false, "end of a permit's lease", -LEFT)

  -- The permit that this owner can have, and the fence of its last holder.
  local number, last_fence, permit
  -- Free permits that do not exist any more, with their new scores.
  local surplus = {}
  if held < max_permits then
    if not score or score > now_ms then
      -- All stored permits are held, and their numbers have no gap.
      number, last_fence = held, 0
    else
      permit = lowest[1]
      number, last_fence = stored_permit(permit)
    end
    if number >= max_permits then
      -- There are fewer permits now, and an expired one may have a lower number. Those with higher
      -- numbers become left ones, so that each is read here once.
      number, permit = nil, nil
      local expired = redis.call("ZRANGE", permits, "0", now_text, "BYSCORE", "LIMIT", "0", "20")
      -- at most 20 permits
      for _, candidate in ipairs(expired) do
        local candidate_number, fence = stored_permit(candidate)
        if candidate_number >= max_permits then
          surplus[#surplus + 1] = { permit = candidate, score = candidate_number - LEFT }
        elseif not number then
          number, last_fence, permit = candidate_number, fence, candidate
        end
      end
    end
  end

  local new_fence = math.max(clock_us, (last_fence or 0) + 1)
  local lease_ends_ms = now_ms + lease_ms
  local kept_ms = math.max(lease_ms, math.ceil(new_fence / 1000) - now_ms) + KEPT_MS
  local retry_after_ms = 1
  if not number then
    local first =
      redis.call("ZRANGE", permits, "(" .. now_text, "+inf", "BYSCORE", "LIMIT", "0", "1", "WITHSCORES")
    local first_ends_ms = stored_integer(first[2] or false, "end of a permit's lease") or now_ms + 1
    retry_after_ms = math.min(first_ends_ms - now_ms, MAX_RETRY_AFTER_MS)
  end
  local entered = string.format("%d %d", number or 0, new_fence)
  local remembered
  if number then
    remembered = redis.call("SET", permit_owner, entered, "NX", "GET", "PX", kept_ms)
  elseif waits then
    remembered = redis.call("GET", permit_owner)
  else
    remembered = redis.call("SET", permit_owner, "busy", "NX", "GET", "PX", KEPT_MS)
  end
  if remembered and (number or waits or remembered ~= "busy") then
    local ends_ms =
      stored_integer(redis.call("ZSCORE", permits, remembered), "end of a permit's lease", -LEFT)
    if ends_ms and ends_ms > now_ms then
      local held_number, held_fence = stored_permit(remembered)
      return { "entered", held_number or false, held_fence or false, ends_ms or false, 1 }
    end
    redis.call("PEXPIRE", permit_owner, KEPT_MS, "GT")
    return "ended"
  end

  -- at most 20 permits
  for _, candidate in ipairs(surplus) do
    redis.call("ZADD", permits, candidate.score, candidate.permit)
  end
  if not number then
    return { "full", false, false, false, false, retry_after_ms }
  end
  redis.call("ZADD", permits, string.format("%d", lease_ends_ms), entered)
  if lowest[1] then
    redis.call("PEXPIRE", permits, kept_ms, "GT")
  else
    redis.call("PEXPIRE", permits, kept_ms)
  end
  if permit then
    redis.call("ZREM", permits, permit)
  end
  return { "entered", number or false, new_fence or false, lease_ends_ms or false, 0 }
end
`;
