// lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.renew`. */
export interface LockRenewArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /** As acquire returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /**
   * As acquire or the last renew returned it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly leaseEndsMs: number;
  /** How long the lock is held from now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `lock.renew`: `outcome` says what happened. */
export type LockRenewReply =
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
      /** `lost`: the lease has ended, and another owner may hold the lock. */
      readonly outcome: "lost";
    };

/** The function of `lock.renew`. A tenant's `scripts.lock` has it. */
export interface LockRenewOperation {
  /**
   * Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
   *
   * It compares the end of the lease with the stored one, so a call that arrives late prolongs
   * nothing.
   *
   * Outcomes:
   * - `renewed`: the lease is as long as asked, or longer.
   * - `stale`: another call has renewed the lease, and nothing has changed.
   * - `lost`: the lease has ended, and another owner may hold the lock.
   *
   * Units: `leaseEndsMs` in milliseconds since 1970-01-01 UTC; `leaseMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run, however late, finds another end of the lease, and is stale or lost.
   *
   * Lua source: `lua/lock/renew.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The holder gets a new lease.
   * const reply = await acme.scripts.lock.renew({
   *   lock: "lock-1",
   *   owner: "alice",
   *   fence: 7,
   *   leaseEndsMs: Date.now() + 20_000,
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "renewed", leaseEndsMs: … }
   * ```
   */
  readonly renew: {
    (args: LockRenewArgs, options?: CallOptions): Promise<LockRenewReply>;
    /**
     * Makes many calls of `renew` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly LockRenewArgs[], options?: CallOptions): Promise<ManyResult<LockRenewReply>[]>;
  };
}

/** The script `lock.renew`, as a client loads and calls it. */
export const lockRenew: ManyScript<LockRenewArgs, LockRenewReply> = {
  name: "lock.renew",
  version: "1.0.0",
  digest: "78d4bdfe2659219c05684899f8f04389c4a07158",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<lock>}:lock",
    "<namespace>:{<tenant>:<lock>}:lock-owner:<owner>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.lock(scope, args.lock),
        keys.lockOwner(scope, args.lock, args.owner),
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
  many: {
    limit: 64,
    width: 2,
    digest: "0c5d1a8814d03224540dbf3f7d080d25628c8deb",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "lock", args.lock);
      call.endTag("}:lock");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "lock", args.lock);
      call.endTag("}:lock-owner:");
      types.id.writeKeyPart(call, "owner", args.owner);
      call.endKey();
      argument.fence.writeArgument(call, "fence", args.fence);
      argument.leaseEndsMs.writeArgument(call, "leaseEndsMs", args.leaseEndsMs);
      argument.leaseMs.writeArgument(call, "leaseMs", args.leaseMs);
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
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
  "lua/lib/lock/stored_lock.lua": "13-27:8 28:22 29-32:24",
  "lua/lock/renew.lua": "36:6 61:45 62:45 63-68:45 75-96:51",
  "lua/lib/now_ms.lua": "71-74:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/owner_of.lua:
--- Returns the owner that a key \`<key>-owner:<owner>\` names.
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
end

-- From lua/lib/lock/stored_lock.lua:
--- Reads a lock, which is stored as \`<fence> <lease_ends_ms> <state> <owner>\`.
local function stored_lock(value)
  -- The upper bound of the type fence. A stored fence leaves room for the next one.
  local MAX_FENCE = 9007199254740991
  -- The upper bound of the type epoch_ms.
  local MAX_LEASE_ENDS_MS = 8640000000000000
  if not value then
    return nil
  end
  local fence, lease_ends_ms, state, owner = string.match(value, "^(%d+) (%d+) (%l+) (.*)$")
  fence, lease_ends_ms = tonumber(fence), tonumber(lease_ends_ms)
  if
    not fence
    or fence >= MAX_FENCE - 1
    or lease_ends_ms >= MAX_LEASE_ENDS_MS
    or (state ~= "held" and state ~= "waited" and state ~= "released")
  then
    error({ err = "CORRUPT lock" })
  end
  return fence, lease_ends_ms, state, owner
end

-- From lua/lock/renew.lua:
-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT lock.renew expected 2 keys and 3 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT lock.renew fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_lease_ends_ms = tonumber(ARGV[2])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT lock.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT lock.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
do
  local lock, lock_owner, fence, lease_ends_ms, lease_ms =
    KEYS[1], KEYS[2], arg_fence, arg_lease_ends_ms, arg_lease_ms
  local owner = owner_of(lock, lock_owner)
  local stored_fence, stored_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  if holder ~= owner or stored_fence ~= fence or state == "released" then
    return "lost"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  if now >= stored_ends_ms then
    -- The lease stays over, even after a failover to a server with a slower clock.
    local ended = string.format("%d %d released %s", stored_fence, stored_ends_ms, owner)
    local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
    redis.call("SET", lock, ended, "PXAT", string.format("%d", kept_until_ms))
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return { "stale", stored_ends_ms }
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local kept_until_ms = math.max(new_ends_ms, math.ceil(fence / 1000)) + KEPT_MS
  local fence_text = string.format("%d", fence)
  local kept_until = string.format("%d", kept_until_ms)
  local held = string.format("%s %d %s %s", fence_text, new_ends_ms, state, owner)
  -- First, because GET refuses a key of another type.
  redis.call("SET", lock_owner, fence_text, "GET", "PXAT", kept_until)
  redis.call("SET", lock, held, "PXAT", kept_until)
  return { "renewed", new_ends_ms }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/owner_of.lua": "14-17:6",
  "lua/lib/lock/stored_lock.lua": "21-40:8",
  "lua/lock/renew.lua": "44:6 86:45 87:45 88-115:45",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/owner_of.lua:
--- Returns the owner that a key \`<key>-owner:<owner>\` names.
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
end

-- From lua/lib/lock/stored_lock.lua:
--- Reads a lock, which is stored as \`<fence> <lease_ends_ms> <state> <owner>\`.
local function stored_lock(value)
  -- The upper bound of the type fence. A stored fence leaves room for the next one.
  local MAX_FENCE = 9007199254740991
  -- The upper bound of the type epoch_ms.
  local MAX_LEASE_ENDS_MS = 8640000000000000
  if not value then
    return nil
  end
  local fence, lease_ends_ms, state, owner = string.match(value, "^(%d+) (%d+) (%l+) (.*)$")
  fence, lease_ends_ms = tonumber(fence), tonumber(lease_ends_ms)
  if
    not fence
    or fence >= MAX_FENCE - 1
    or lease_ends_ms >= MAX_LEASE_ENDS_MS
    or (state ~= "held" and state ~= "waited" and state ~= "released")
  then
    error({ err = "CORRUPT lock" })
  end
  return fence, lease_ends_ms, state, owner
end

-- From lua/lock/renew.lua:
-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT lock.renew expected 1 to 64 calls, each with 2 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_fence = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT lock.renew fence: expected a whole number from 1 to 9007199254740991" }
  end
  local arg_lease_ends_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if
    not arg_lease_ends_ms
    or arg_lease_ends_ms < 0
    or arg_lease_ends_ms > 8640000000000000
    or arg_lease_ends_ms % 1 ~= 0
  then
    return { err = "ARGUMENT lock.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
  end
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 3])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT lock.renew lease_ms: expected a whole number from 1 to 31622400000" }
  end

  --- Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
  do
    local lock, lock_owner, fence, lease_ends_ms, lease_ms =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_fence, arg_lease_ends_ms, arg_lease_ms
    local owner = owner_of(lock, lock_owner)
    local stored_fence, stored_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
    if holder ~= owner or stored_fence ~= fence or state == "released" then
      return "lost"
    end
    local now = now_ms()
    if now >= stored_ends_ms then
      -- The lease stays over, even after a failover to a server with a slower clock.
      local ended = string.format("%d %d released %s", stored_fence, stored_ends_ms, owner)
      local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
      redis.call("SET", lock, ended, "PXAT", string.format("%d", kept_until_ms))
      return "lost"
    end
    if stored_ends_ms ~= lease_ends_ms then
      return "stale", stored_ends_ms
    end
    -- Always later than before, so that the same call finds another end when it arrives again.
    local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
    local kept_until_ms = math.max(new_ends_ms, math.ceil(fence / 1000)) + KEPT_MS
    local fence_text = string.format("%d", fence)
    local kept_until = string.format("%d", kept_until_ms)
    local held = string.format("%s %d %s %s", fence_text, new_ends_ms, state, owner)
    -- First, because GET refuses a key of another type.
    redis.call("SET", lock_owner, fence_text, "GET", "PXAT", kept_until)
    redis.call("SET", lock, held, "PXAT", kept_until)
    return "renewed", new_ends_ms
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 2 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_at = wrapper_at + 2
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
