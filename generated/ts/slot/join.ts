// slot.join 1.0.0. Generated from lua/slot/join.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `slot.join`. */
export interface SlotJoinArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly group: string;
  /** A new name for each start of a worker. 1 to 256 bytes. */
  readonly worker: string;
  /** How long the worker is a member unless it renews. Milliseconds, 1,000 to 600,000. */
  readonly leaseMs: number;
  /**
   * The end of the lease as the worker last got it; absent: it joins. Milliseconds since 1970-01-01
   * UTC, 0 to 8,640,000,000,000,000.
   */
  readonly leaseEndsMs?: number | undefined;
}

/** Reply of `slot.join`: `outcome` says what happened. */
export type SlotJoinReply =
  | {
      /** `joined`: the worker is a member. */
      readonly outcome: "joined";
      /**
       * The end of the lease, to be passed when the worker renews. Milliseconds since 1970-01-01
       * UTC, 0 to 8,640,000,000,000,000.
       */
      readonly leaseEndsMs: number;
      /** The live members, this one included. At most 1,000 elements; each 1 to 256 bytes. */
      readonly members: readonly string[];
    }
  | {
      /**
       * - `ended`: the lease that the call names has ended and was forgotten, so join under a new
       *   name.
       * - `left`: the worker has left.
       * - `full`: the group has 250 live members.
       */
      readonly outcome: "ended" | "left" | "full";
    };

/** The function of `slot.join`. A tenant's `slot` has it. */
export interface SlotJoinOperation {
  /**
   * Makes a worker a member of its group until its lease ends, or renews the lease, and returns the
   * live members. A renewal never makes the lease shorter.
   *
   * An end that is more than 660,000 ms ahead is no end of a lease: somebody wrote it, or the clock
   * was set back. Such a member is not live, and its next renewal gets an end by the new clock.
   *
   * The members of a group share the slots of a namespace. Each has its part, by its place in the
   * order of the names. A message on the channel with the name of the key reports a new member.
   *
   * Outcomes:
   * - `joined`: the worker is a member.
   * - `ended`: the lease that the call names has ended and was forgotten, so join under a new name.
   * - `left`: the worker has left.
   * - `full`: the group has 250 live members.
   *
   * Units: `leaseMs` in milliseconds; `leaseEndsMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(W), W the members of the group.
   *
   * Retry: safe. A renewal names the end that it extends, and a name joins once: within 10 minutes
   * after the lease or after leaving, a late call changes nothing.
   *
   * Lua source: `lua/slot/join.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first worker joins.
   * const reply = await acme.slot.join({ group: "group-1", worker: "w1", leaseMs: 10_000 });
   * // reply: { outcome: "joined", leaseEndsMs: …, members: ["w1"] }
   * ```
   */
  join(args: SlotJoinArgs, options?: CallOptions): Promise<SlotJoinReply>;
}

/** The script `slot.join`, as a client loads and calls it. */
export const slotJoin: Script<SlotJoinArgs, SlotJoinReply> = {
  name: "slot.join",
  version: "1.0.0",
  digest: "648d6fd5c376e5b5f0c8b780011159a0a7adefdf",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<group>}:workers",
  ],
  encode(scope, args) {
    return {
      keys: [keys.workers(scope, args.group)],
      args: [
        argument.worker.encode("worker", args.worker),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.leaseEndsMs.encode("leaseEndsMs", args.leaseEndsMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "joined":
        return {
          outcome,
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[1]),
          members: field.members.decode("members", fields[2]),
        };
      case "ended":
      case "left":
      case "full":
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
  worker: types.id,
  leaseMs: types.workerLeaseMs,
  leaseEndsMs: optional(types.epochMs),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["joined", "ended", "left", "full"]),
  leaseEndsMs: types.epochMs,
  members: listType(types.id, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/slot/join.lua": "30-36:6 67:61 68-102:61",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- slot.join 1.0.0. Generated from lua/slot/join.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/slot/join.lua:
-- For this time after its lease, or after it left, a worker is remembered. A late call changes nothing
-- then. It is the horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a faster clock.
local HORIZON_MS = 660000
-- The longest lease, 600,000 ms, and 60,000 ms for renewals, each of which ends later than the one
-- before, and for a clock that was set back a little. A lease that ends later is not live.
local MAX_AHEAD_MS = 660000
-- The maximum number of live workers of a group.
local MAX_WORKERS = 250
local NEVER_MS = -8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT slot.join expected 1 key and 3 arguments" }
end
local arg_worker = ARGV[1]
if arg_worker == "" or #arg_worker > 256 then
  return { err = "ARGUMENT slot.join worker: expected 1 to 256 bytes" }
end
if string.find(arg_worker, "[%c{}]") then
  return { err = "ARGUMENT slot.join worker: expected no control characters and no braces" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1000 or arg_lease_ms > 600000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT slot.join lease_ms: expected a whole number from 1000 to 600000" }
end
local arg_lease_ends_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_lease_ends_ms
    or arg_lease_ends_ms < 0
    or arg_lease_ends_ms > 8640000000000000
    or arg_lease_ends_ms % 1 ~= 0
  then
    return { err = "ARGUMENT slot.join lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
  end
end

--- Makes a worker a member of its group until its lease ends, or renews the lease, and returns the
--- live members. A renewal never makes the lease shorter.
do
  local workers, worker, lease_ms, lease_ends_ms = KEYS[1], arg_worker, arg_lease_ms, arg_lease_ends_ms
  local now = now_ms()
  local stored = stored_integer(redis.call("ZSCORE", workers, worker), "end of a worker's lease", NEVER_MS)
  local renews = lease_ends_ms ~= nil
  local latest = now + MAX_AHEAD_MS
  local is_live = stored and stored > now and stored <= latest

  if stored and stored < 0 then
    return "left"
  elseif stored and stored <= now and lease_ends_ms ~= stored then
    return "ended"
  elseif not stored and renews then
    return "ended"
  elseif not is_live and redis.call("ZCOUNT", workers, now + 1, latest) >= MAX_WORKERS then
    return "full"
  end

  local ends = stored
  local writes = not ends or lease_ends_ms == ends
  if writes then
    -- Always later than before, so that the same call finds another end when it arrives again.
    ends = math.max(now + lease_ms, is_live and stored + 1 or 0)
    redis.call("ZADD", workers, ends, worker)
    redis.call("PEXPIRE", workers, 2 * HORIZON_MS)
    if not stored then
      redis.call("PUBLISH", workers, "joined")
    end
  end
  latest = math.max(latest, ends)
  local present = redis.call("ZRANGE", workers, now + 1, latest, "BYSCORE", "LIMIT", "0", MAX_WORKERS)
  if writes then
    redis.call("ZREMRANGEBYSCORE", workers, -now, now - HORIZON_MS)
  end
  return { "joined", ends or false, present }
end
`;
