// lock.release 1.0.0. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.release`. */
export interface LockReleaseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /**
   * As acquire returned it; absent if no answer of acquire granted the lock. 1 to
   * 9,007,199,254,740,991.
   */
  readonly fence?: number | undefined;
}

/** Reply of `lock.release`: `outcome` says what happened. */
export type LockReleaseReply =
  | {
      /**
       * - `released`: the lock is free.
       * - `lost`: this fence does not hold the lock.
       */
      readonly outcome: "released" | "lost";
    };

/** The function of `lock.release`. A tenant's `scripts.lock` has it. */
export interface LockReleaseOperation {
  /**
   * Releases a lock if the caller still holds it, and wakes the callers that wait for it.
   *
   * Afterwards the owner cannot acquire the lock any more, unless it holds it under another fence.
   * So the call also ends an attempt of which the caller got no answer, or which it gives up: then
   * it has no fence.
   *
   * Outcomes:
   * - `released`: the lock is free.
   * - `lost`: this fence does not hold the lock.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds a released lock, or another holder, and changes nothing.
   *
   * Lua source: `lua/lock/release.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The holder releases the lock.
   * const reply = await acme.scripts.lock.release({ lock: "lock-1", owner: "alice", fence: 7 });
   * // reply: { outcome: "released" }
   * ```
   */
  readonly release: {
    (args: LockReleaseArgs, options?: CallOptions): Promise<LockReleaseReply>;
    /**
     * Makes many calls of `release` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly LockReleaseArgs[], options?: CallOptions): Promise<ManyResult<LockReleaseReply>[]>;
  };
}

/** The script `lock.release`, as a client loads and calls it. */
export const lockRelease: ManyScript<LockReleaseArgs, LockReleaseReply> = {
  name: "lock.release",
  version: "1.0.0",
  digest: "19b42da070956b82df5cff88e7239f8e69490216",
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
      args: [argument.fence.encode("fence", args.fence)],
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
  many: {
    limit: 64,
    width: 1,
    digest: "ec2ee0a85a723666e7c5fc21b5d0e6a8b711bd6d",
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
      call.args.text(argument.fence.encode("fence", args.fence));
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
  fence: optional(types.fence),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["released", "lost"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/owner_of.lua": "6-9:6",
  "lua/lib/lock/stored_lock.lua": "13-27:8 28:22 29-32:24",
  "lua/lock/release.lua": "36:6 50:43 51-60:43 67-81:53",
  "lua/lib/now_ms.lua": "63-66:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- lock.release 1.0.0. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lock/release.lua:
-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT lock.release expected 2 keys and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT lock.release fence: expected a whole number from 1 to 9007199254740991" }
  end
end

--- Releases a lock if the caller still holds it, and wakes the callers that wait for it.
do
  local lock, lock_owner, fence = KEYS[1], KEYS[2], arg_fence
  local owner = owner_of(lock, lock_owner)
  local stored_fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  if holder ~= owner then
    redis.call("SET", lock_owner, "ended", "NX", "GET", "PX", KEPT_MS)
    return "lost"
  end
  if state == "released" or (fence and fence ~= stored_fence) then
    return "lost"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local ended_ms = math.min(now, lease_ends_ms)
  local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
  local released = string.format("%d %d released %s", stored_fence, ended_ms, owner)
  -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
  redis.call("SET", lock_owner, "ended", "GET", "PX", KEPT_MS)
  redis.call("SET", lock, released, "PXAT", string.format("%d", kept_until_ms))
  if state == "waited" then
    redis.call("PUBLISH", lock, "released")
  end
  if now < lease_ends_ms then
    return "released"
  end
  return "lost"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/owner_of.lua": "14-17:6",
  "lua/lib/lock/stored_lock.lua": "21-40:8",
  "lua/lock/release.lua": "44:6 75:43 76-100:43",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- lock.release 1.0.0. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/lock/release.lua:
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
  or #wrapper_argv ~= wrapper_calls
then
  return { err = "ARGUMENT lock.release expected 1 to 64 calls, each with 2 keys and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_fence = tonumber(wrapper_argv[wrapper_arguments + 1])
  if wrapper_argv[wrapper_arguments + 1] ~= "" then
    if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
      return { err = "ARGUMENT lock.release fence: expected a whole number from 1 to 9007199254740991" }
    end
  end

  --- Releases a lock if the caller still holds it, and wakes the callers that wait for it.
  do
    local lock, lock_owner, fence = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_fence
    local owner = owner_of(lock, lock_owner)
    local stored_fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
    if holder ~= owner then
      redis.call("SET", lock_owner, "ended", "NX", "GET", "PX", KEPT_MS)
      return "lost"
    end
    if state == "released" or (fence and fence ~= stored_fence) then
      return "lost"
    end
    local now = now_ms()
    local ended_ms = math.min(now, lease_ends_ms)
    local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
    local released = string.format("%d %d released %s", stored_fence, ended_ms, owner)
    -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
    redis.call("SET", lock_owner, "ended", "GET", "PX", KEPT_MS)
    redis.call("SET", lock, released, "PXAT", string.format("%d", kept_until_ms))
    if state == "waited" then
      redis.call("PUBLISH", lock, "released")
    end
    if now < lease_ends_ms then
      return "released"
    end
    return "lost"
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
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
