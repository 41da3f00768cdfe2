// idempotency.begin 1.0.0. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.begin`. */
export interface IdempotencyBeginArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /**
   * A hash of a request's payload. It shows whether two requests with the same name are the same. 1
   * to 128 bytes.
   */
  readonly payloadHash: string;
  /**
   * How long the runner has the request before another may take it over. Milliseconds, 1 to
   * 31,622,400,000.
   */
  readonly leaseMs: number;
  /** The caller asks again after busy, or gives up with fail. */
  readonly waits?: boolean | undefined;
}

/** Reply of `idempotency.begin`: `outcome` says what happened. */
export type IdempotencyBeginReply =
  | {
      /** `run`: the caller runs the request. */
      readonly outcome: "run";
      /** Write it with the effect, in the same transaction. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
      /** Pass it to renew. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
      /**
       * An earlier call of this owner has begun the request, so the lease counts from then; renew
       * it before you rely on its length.
       */
      readonly repeated: boolean;
    }
  | {
      /** `replay`: the request is done. */
      readonly outcome: "replay";
      /** As given to complete. 0 to 524,288 bytes. */
      readonly reply: string;
    }
  | {
      /** `busy`: another runner runs it. */
      readonly outcome: "busy";
      /** The rest of the runner's lease. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
      /**
       * The runner's fence; another one shows that another run has begun. 1 to
       * 9,007,199,254,740,991.
       */
      readonly runnerFence: number;
    }
  | {
      /**
       * - `mismatch`: the request has another payload.
       * - `ended`: this owner has run the request or has given up, and needs a new name.
       */
      readonly outcome: "mismatch" | "ended";
    };

/** The function of `idempotency.begin`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyBeginOperation {
  /**
   * Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
   * another payload.
   *
   * An owner runs a request at most once. So a call that arrives late cannot take the request for a
   * runner that has gone on. A busy reply ends the owner too, unless it waits.
   *
   * Outcomes:
   * - `run`: the caller runs the request.
   * - `replay`: the request is done.
   * - `busy`: another runner runs it.
   * - `mismatch`: the request has another payload.
   * - `ended`: this owner has run the request or has given up, and needs a new name.
   *
   * Units: `leaseMs`, `retryAfterMs` in milliseconds; `leaseEndsMs` in milliseconds since
   * 1970-01-01 UTC.
   *
   * Cost: O(1), plus the length of a reply that is replayed.
   *
   * Retry: safe. Within 10 minutes after the run, because its owner is known: it gets the same
   * reply while its lease lasts, and ended or the recorded reply afterwards. An owner that waits
   * may begin the request until it calls fail.
   *
   * Lua source: `lua/idempotency/begin.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A new request runs.
   * const reply = await acme.scripts.idempotency.begin({
   *   request: "request-1",
   *   owner: "worker-1",
   *   payloadHash: "f00d",
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "run", fence: …, leaseEndsMs: …, repeated: false }
   * ```
   */
  readonly begin: {
    (args: IdempotencyBeginArgs, options?: CallOptions): Promise<IdempotencyBeginReply>;
    /**
     * Makes many calls of `begin` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly IdempotencyBeginArgs[], options?: CallOptions): Promise<ManyResult<IdempotencyBeginReply>[]>;
  };
}

/** The script `idempotency.begin`, as a client loads and calls it. */
export const idempotencyBegin: ManyScript<IdempotencyBeginArgs, IdempotencyBeginReply> = {
  name: "idempotency.begin",
  version: "1.0.0",
  digest: "c9c3f08fecd2c88b696086e7e2a855d164b4d077",
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
        argument.payloadHash.encode("payloadHash", args.payloadHash),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.waits.encode("waits", args.waits),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 7);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "run":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
          repeated: field.repeated.decode("repeated", fields[3]),
        };
      case "replay":
        return {
          outcome,
          reply: field.reply.decode("reply", fields[4]),
        };
      case "busy":
        return {
          outcome,
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[5]),
          runnerFence: field.runnerFence.decode("runnerFence", fields[6]),
        };
      case "mismatch":
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
    width: 7,
    digest: "154c9ebb5cb00e659bbb60df7cc76d4f56649d7c",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "request", args.request);
      call.endTag("}:request");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "request", args.request);
      call.endTag("}:request-owner:");
      types.id.writeKeyPart(call, "owner", args.owner);
      call.endKey();
      call.args.text(argument.payloadHash.encode("payloadHash", args.payloadHash));
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
  payloadHash: types.payloadHash,
  leaseMs: types.ms,
  waits: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["run", "replay", "busy", "mismatch", "ended"]),
  fence: types.fence,
  leaseEndsMs: types.epochMs,
  repeated: types.flag,
  reply: types.payload,
  retryAfterMs: types.ms,
  runnerFence: types.fence,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/owner_of.lua": "6-9:6",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/idempotency/begin.lua":
    "30-37:7 66:80 67:80 68-108:80 121-124:121 125:124 126:124 127:124 128:124 129:124 130:124 131:124 " +
    "132-160:124",
  "lua/lib/attempt_ended.lua": "111-120:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- idempotency.begin 1.0.0. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/idempotency/begin.lua:
-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000
-- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
-- failover to a server with a faster clock.
local REMEMBERED_MS = 660000
-- The upper bound of the type fence. A stored fence leaves room for the next one.
local MAX_FENCE = 9007199254740991
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT idempotency.begin expected 2 keys and 3 arguments" }
end
local arg_payload_hash = ARGV[1]
if arg_payload_hash == "" or #arg_payload_hash > 128 then
  return { err = "ARGUMENT idempotency.begin payload_hash: expected 1 to 128 bytes" }
end
if string.find(arg_payload_hash, "[%c{}]") then
  return { err = "ARGUMENT idempotency.begin payload_hash: expected no control characters and no braces" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.begin lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_waits = ARGV[3]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT idempotency.begin waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

--- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
--- another payload.
do
  local request, request_owner, payload_hash, lease_ms, waits =
    KEYS[1], KEYS[2], arg_payload_hash, arg_lease_ms, arg_waits
  local owner = owner_of(request, request_owner)
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends_ms")
  local state, runner, stored_hash = stored[1], stored[2], stored[4]
  local fence = stored_integer(stored[3], "fence", 0, MAX_FENCE - 2)
  local lease_ends_ms = stored_integer(stored[5], "lease_ends_ms")
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now_ms = math.floor(clock_us / 1000)

  if state and not (runner and stored_hash) then
    error({ err = "CORRUPT state" })
  end
  if state and stored_hash ~= payload_hash then
    local before = redis.call("SET", request_owner, "mismatch", "NX", "GET", "PX", REMEMBERED_MS)
    if before and before ~= "mismatch" and runner ~= owner then
      return "ended"
    end
    return "mismatch"
  end
  if state == "done" then
    local reply = redis.call("HGET", request, "reply")
    if not reply then
      error({ err = "CORRUPT reply" })
    end
    return { "replay", false, false, false, reply }
  end
  if state then
    if state ~= "running" or not lease_ends_ms or not fence then
      error({ err = "CORRUPT state" })
    end
    local is_running = now_ms < lease_ends_ms
    if runner == owner then
      if is_running then
        return { "run", fence or false, lease_ends_ms or false, 1 }
      end
      -- The record is kept longer than its owner, so this answer is remembered too.
      redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
      return "ended"
    end
    if is_running then
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
      if attempt_ended(request_owner, waits) then
        return "ended"
      end
      return {
        "busy",
        false,
        false,
        false,
        false,
        math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS),
        fence,
      }
    end
  end

  local new_fence = math.max(clock_us, (fence or 0) + 1)
  local new_lease_ends_ms = now_ms + lease_ms
  local fence_text = string.format("%d", new_fence)
  local lease_ends_text = string.format("%d", new_lease_ends_ms)
  local remembered_until = string.format("%d", new_lease_ends_ms + REMEMBERED_MS)
  if redis.call("SET", request_owner, fence_text, "NX", "GET", "PXAT", remembered_until) then
    return "ended"
  end
  redis.call(
    "HSET",
    request,
    "state",
    "running",
    "owner",
    owner,
    "fence",
    fence_text,
    "payload_hash",
    payload_hash,
    "lease_ends_ms",
    lease_ends_text
  )
  redis.call("PEXPIREAT", request, string.format("%d", new_lease_ends_ms + KEPT_AFTER_LEASE_MS))
  return { "run", new_fence or false, new_lease_ends_ms or false, 0 }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/attempt_ended.lua": "7-16:9",
  "lua/lib/owner_of.lua": "20-23:6",
  "lua/lib/stored_integer.lua": "28-39:9",
  "lua/idempotency/begin.lua": "44-51:7 97:80 98:80 99-171:80",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- idempotency.begin 1.0.0. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/idempotency/begin.lua:
-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000
-- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
-- failover to a server with a faster clock.
local REMEMBERED_MS = 660000
-- The upper bound of the type fence. A stored fence leaves room for the next one.
local MAX_FENCE = 9007199254740991
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
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT idempotency.begin expected 1 to 64 calls, each with 2 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_payload_hash = wrapper_argv[wrapper_arguments + 1]
  if arg_payload_hash == "" or #arg_payload_hash > 128 then
    return { err = "ARGUMENT idempotency.begin payload_hash: expected 1 to 128 bytes" }
  end
  if string.find(arg_payload_hash, "[%c{}]") then
    return { err = "ARGUMENT idempotency.begin payload_hash: expected no control characters and no braces" }
  end
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT idempotency.begin lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_waits = wrapper_argv[wrapper_arguments + 3]
  if arg_waits == "" then
    arg_waits = nil
  else
    if arg_waits ~= "1" and arg_waits ~= "0" then
      return { err = "ARGUMENT idempotency.begin waits: expected 1 or 0" }
    end
    arg_waits = arg_waits == "1"
  end

  --- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
  --- another payload.
  do
    local request, request_owner, payload_hash, lease_ms, waits =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_payload_hash, arg_lease_ms, arg_waits
    local owner = owner_of(request, request_owner)
    local stored = redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends_ms")
    local state, runner, stored_hash = stored[1], stored[2], stored[4]
    local fence = stored_integer(stored[3], "fence", 0, MAX_FENCE - 2)
    local lease_ends_ms = stored_integer(stored[5], "lease_ends_ms")
    local clock = redis.call("TIME")
    local clock_us = clock[1] * 1000000 + clock[2]
    local now_ms = math.floor(clock_us / 1000)

    if state and not (runner and stored_hash) then
      error({ err = "CORRUPT state" })
    end
    if state and stored_hash ~= payload_hash then
      local before = redis.call("SET", request_owner, "mismatch", "NX", "GET", "PX", REMEMBERED_MS)
      if before and before ~= "mismatch" and runner ~= owner then
        return "ended"
      end
      return "mismatch"
    end
    if state == "done" then
      local reply = redis.call("HGET", request, "reply")
      if not reply then
        error({ err = "CORRUPT reply" })
      end
      return "replay", false, false, false, reply
    end
    if state then
      if state ~= "running" or not lease_ends_ms or not fence then
        error({ err = "CORRUPT state" })
      end
      local is_running = now_ms < lease_ends_ms
      if runner == owner then
        if is_running then
          return "run", fence or false, lease_ends_ms or false, 1
        end
        -- The record is kept longer than its owner, so this answer is remembered too.
        redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
        return "ended"
      end
      if is_running then
        if attempt_ended(request_owner, waits) then
          return "ended"
        end
        return "busy", false, false, false, false, math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS), fence
      end
    end

    local new_fence = math.max(clock_us, (fence or 0) + 1)
    local new_lease_ends_ms = now_ms + lease_ms
    local fence_text = string.format("%d", new_fence)
    local lease_ends_text = string.format("%d", new_lease_ends_ms)
    local remembered_until = string.format("%d", new_lease_ends_ms + REMEMBERED_MS)
    if redis.call("SET", request_owner, fence_text, "NX", "GET", "PXAT", remembered_until) then
      return "ended"
    end
    redis.call(
      "HSET",
      request,
      "state",
      "running",
      "owner",
      owner,
      "fence",
      fence_text,
      "payload_hash",
      payload_hash,
      "lease_ends_ms",
      lease_ends_text
    )
    redis.call("PEXPIREAT", request, string.format("%d", new_lease_ends_ms + KEPT_AFTER_LEASE_MS))
    return "run", new_fence or false, new_lease_ends_ms or false, 0
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
-- all calls as a flat list in MessagePack, 7 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6, reply_7 =
    xpcall(wrapper_call, wrapper_failed)
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
  wrapper_values[wrapper_at + 7] = reply_7 or false
  wrapper_at = wrapper_at + 7
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
