// lock.acquire 1.0.0. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.acquire`. */
export interface LockAcquireArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /** How long the lock is held unless renewed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /**
   * The caller asks again until it acquires the lock or calls release; a release wakes it with a
   * message on the channel with the lock's name.
   */
  readonly waits?: boolean | undefined;
}

/** Reply of `lock.acquire`: `outcome` says what happened. */
export type LockAcquireReply =
  | {
      /** `acquired`: the caller holds the lock. */
      readonly outcome: "acquired";
      /** A store refuses a write with a lower one. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
      /** Pass it to renew. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
      /**
       * An earlier call of this owner has acquired the lock, so the lease counts from then; renew
       * it before you rely on its length.
       */
      readonly repeated: boolean;
    }
  | {
      /** `busy`: another owner holds the lock. */
      readonly outcome: "busy";
      /** The owner that holds the lock. 1 to 256 bytes. */
      readonly holder: string;
      /** The rest of its lease. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
    }
  | {
      /** `ended`: this owner has held the lock or has given up, and needs a new name. */
      readonly outcome: "ended";
    };

/** The function of `lock.acquire`. A tenant's `scripts.lock` has it. */
export interface LockAcquireOperation {
  /**
   * Acquires a lock for a while, or returns its holder and the rest of its lease.
   *
   * The fence rises with every grant while the lock is stored. After a failover or a repair that
   * lost the lock, it rises if the clock has not gone back. The store that the lock guards should
   * keep the highest fence and refuse a write with a lower one. Then a holder whose lease ended
   * unnoticed cannot overwrite newer data.
   *
   * An owner holds a lock at most once. So a call that arrives late cannot acquire a lock for a
   * caller that has gone on. A busy reply ends the owner too, unless it waits.
   *
   * Outcomes:
   * - `acquired`: the caller holds the lock.
   * - `busy`: another owner holds the lock.
   * - `ended`: this owner has held the lock or has given up, and needs a new name.
   *
   * Units: `leaseMs`, `retryAfterMs` in milliseconds; `leaseEndsMs` in milliseconds since
   * 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. Within 10 minutes after the hold, because its owner is known: it gets the same
   * reply while it holds the lock, and ended afterwards. An owner that waits may acquire the lock
   * until it calls release.
   *
   * Lua source: `lua/lock/acquire.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A free lock is granted.
   * const reply = await acme.scripts.lock.acquire({
   *   lock: "lock-1",
   *   owner: "alice",
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "acquired", fence: …, leaseEndsMs: …, repeated: false }
   * ```
   */
  readonly acquire: {
    (args: LockAcquireArgs, options?: CallOptions): Promise<LockAcquireReply>;
    /**
     * Makes many calls of `acquire` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly LockAcquireArgs[], options?: CallOptions): Promise<ManyResult<LockAcquireReply>[]>;
  };
}

/** The script `lock.acquire`, as a client loads and calls it. */
export const lockAcquire: ManyScript<LockAcquireArgs, LockAcquireReply> = {
  name: "lock.acquire",
  version: "1.0.0",
  digest: "27574fac3051292f13e0e277695d2fc0c772fe51",
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
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.waits.encode("waits", args.waits),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "acquired":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
          repeated: field.repeated.decode("repeated", fields[3]),
        };
      case "busy":
        return {
          outcome,
          holder: field.holder.decode("holder", fields[4]),
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
  many: {
    limit: 64,
    width: 6,
    digest: "3e751e83127dfb70b153ee6aad19a3bf8a85c864",
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
      argument.leaseMs.writeArgument(call, "leaseMs", args.leaseMs);
      call.args.text(argument.waits.encode("waits", args.waits));
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
  leaseMs: types.ms,
  waits: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["acquired", "busy", "ended"]),
  fence: types.fence,
  leaseEndsMs: types.epochMs,
  repeated: types.flag,
  holder: types.id,
  retryAfterMs: types.ms,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/owner_of.lua": "6-9:6",
  "lua/lib/lock/stored_lock.lua": "13-27:8 28:22 29-32:24",
  "lua/lock/acquire.lua":
    "37-39:7 60:69 61-76:69 89-97:85 98:93 99:93 100:93 101:93 102:93 103:93 104-124:93",
  "lua/lib/attempt_ended.lua": "79-88:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- lock.acquire 1.0.0. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lock/acquire.lua:
-- How long a lock and its owners are remembered after a hold has ended. It is the horizon of late
-- calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local KEPT_MS = 660000
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT lock.acquire expected 2 keys and 2 arguments" }
end
local arg_lease_ms = tonumber(ARGV[1])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT lock.acquire lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_waits = ARGV[2]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT lock.acquire waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

--- Acquires a lock for a while, or returns its holder and the rest of its lease.
do
  local lock, lock_owner, lease_ms, waits = KEYS[1], KEYS[2], arg_lease_ms, arg_waits
  local owner = owner_of(lock, lock_owner)
  local fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now_ms = math.floor(clock_us / 1000)
  local is_held = holder and state ~= "released" and now_ms < lease_ends_ms

  if holder == owner then
    if is_held then
      return { "acquired", fence or false, lease_ends_ms or false, 1 }
    end
    redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
    return "ended"
  end
  if is_held then
    -- From lua/lib/attempt_ended.lua:
    --- Tells whether an owner has held what another owner holds now, or has given up.
    local function attempt_ended(owner_key, waits)
      -- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
      -- failover to a server with a faster clock.
      local ATTEMPT_REMEMBERED_MS = 660000
      if waits then
        return redis.call("GET", owner_key) ~= false
      end
      local before = redis.call("SET", owner_key, "busy", "NX", "GET", "PX", ATTEMPT_REMEMBERED_MS)
      return before and before ~= "busy"
    end
    if attempt_ended(lock_owner, waits) then
      redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
      return "ended"
    end
    if waits and state == "held" then
      local waited = string.format("%d %d waited %s", fence, lease_ends_ms, holder)
      redis.call("SET", lock, waited, "KEEPTTL")
    end
    return {
      "busy",
      false,
      false,
      false,
      holder or false,
      math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS),
    }
  end

  local new_fence = clock_us
  local new_lease_ends_ms = now_ms + lease_ms
  local kept_until_ms = new_lease_ends_ms + KEPT_MS
  if fence and fence >= clock_us then
    new_fence = fence + 1
    kept_until_ms = math.max(kept_until_ms, math.ceil(new_fence / 1000) + KEPT_MS)
  end
  local fence_text = string.format("%d", new_fence)
  local kept_until = string.format("%d", kept_until_ms)
  if redis.call("SET", lock_owner, fence_text, "NX", "GET", "PXAT", kept_until) then
    -- moonpath-allow order/touch-after-remove: the key exists, so SET has written nothing
    redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
    return "ended"
  end
  local held = string.format("%s %d held %s", fence_text, new_lease_ends_ms, owner)
  redis.call("SET", lock, held, "PXAT", kept_until)
  return { "acquired", new_fence or false, new_lease_ends_ms or false, 0 }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/attempt_ended.lua": "7-16:9",
  "lua/lib/owner_of.lua": "20-23:6",
  "lua/lib/lock/stored_lock.lua": "27-46:8",
  "lua/lock/acquire.lua": "51-53:7 91:69 92:69 93-117:69 118:93 119:93 120:93 121:93 122-142:93",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- lock.acquire 1.0.0. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/attempt_ended.lua:
--- Tells whether an owner has held what another owner holds now, or has given up.
local function attempt_ended(owner_key, waits)
  -- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
  -- failover to a server with a faster clock.
  local ATTEMPT_REMEMBERED_MS = 660000
  if waits then
    return redis.call("GET", owner_key) ~= false
  end
  local before = redis.call("SET", owner_key, "busy", "NX", "GET", "PX", ATTEMPT_REMEMBERED_MS)
  return before and before ~= "busy"
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

-- From lua/lock/acquire.lua:
-- How long a lock and its owners are remembered after a hold has ended. It is the horizon of late
-- calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local KEPT_MS = 660000
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000

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
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT lock.acquire expected 1 to 64 calls, each with 2 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT lock.acquire lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_waits = wrapper_argv[wrapper_arguments + 2]
  if arg_waits == "" then
    arg_waits = nil
  else
    if arg_waits ~= "1" and arg_waits ~= "0" then
      return { err = "ARGUMENT lock.acquire waits: expected 1 or 0" }
    end
    arg_waits = arg_waits == "1"
  end

  --- Acquires a lock for a while, or returns its holder and the rest of its lease.
  do
    local lock, lock_owner, lease_ms, waits =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_lease_ms, arg_waits
    local owner = owner_of(lock, lock_owner)
    local fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
    local clock = redis.call("TIME")
    local clock_us = clock[1] * 1000000 + clock[2]
    local now_ms = math.floor(clock_us / 1000)
    local is_held = holder and state ~= "released" and now_ms < lease_ends_ms

    if holder == owner then
      if is_held then
        return "acquired", fence or false, lease_ends_ms or false, 1
      end
      redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
      return "ended"
    end
    if is_held then
      if attempt_ended(lock_owner, waits) then
        redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
        return "ended"
      end
      if waits and state == "held" then
        local waited = string.format("%d %d waited %s", fence, lease_ends_ms, holder)
        redis.call("SET", lock, waited, "KEEPTTL")
      end
      return "busy",
        false,
        false,
        false,
        holder or false,
        math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS)
    end

    local new_fence = clock_us
    local new_lease_ends_ms = now_ms + lease_ms
    local kept_until_ms = new_lease_ends_ms + KEPT_MS
    if fence and fence >= clock_us then
      new_fence = fence + 1
      kept_until_ms = math.max(kept_until_ms, math.ceil(new_fence / 1000) + KEPT_MS)
    end
    local fence_text = string.format("%d", new_fence)
    local kept_until = string.format("%d", kept_until_ms)
    if redis.call("SET", lock_owner, fence_text, "NX", "GET", "PXAT", kept_until) then
      -- moonpath-allow order/touch-after-remove: the key exists, so SET has written nothing
      redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
      return "ended"
    end
    local held = string.format("%s %d held %s", fence_text, new_lease_ends_ms, owner)
    redis.call("SET", lock, held, "PXAT", kept_until)
    return "acquired", new_fence or false, new_lease_ends_ms or false, 0
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
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
