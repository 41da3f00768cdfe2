// version.read 1.0.0. Generated from lua/version/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `version.read`. */
export interface VersionReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly resource: string;
  /** For a resource without a version. 16 to 64 bytes. The client makes one if it is absent. */
  readonly newToken?: string | undefined;
}

/** Reply of `version.read`: `outcome` says what happened. */
export type VersionReadReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** The version of a resource: random text, which a change replaces. 16 to 64 bytes. */
      readonly token: string;
      /**
       * The highest number of a write in the database that ended before the version began; 0 if
       * none is known. Data with a lower number is older than the version. 0 to
       * 9,000,000,000,000,000.
       */
      readonly number: number;
    }
  | {
      /** `writing`: what is read now may change at any time, so it gets no tag. */
      readonly outcome: "writing";
    };

/** The function of `version.read`. A tenant's `version` has it. */
export interface VersionReadOperation {
  /**
   * Reads the version of a resource before its data is read. A resource without a version gets a
   * new one. While a writer changes the resource, it has none.
   *
   * Outcomes:
   * - `known`
   * - `writing`: what is read now may change at any time, so it gets no tag.
   *
   * Cost: O(1).
   *
   * Retry: never. A second run could store a version again that was replaced.
   *
   * Lua source: `lua/version/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The version of a resource.
   * const reply = await acme.version.read({
   *   resource: "resource-1",
   *   newToken: "aaaaaaaaaaaaaaaa",
   * });
   * // reply: { outcome: "known", token: "6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11", number: 7 }
   * ```
   */
  readonly read: {
    (args: VersionReadArgs, options?: CallOptions): Promise<VersionReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly VersionReadArgs[], options?: CallOptions): Promise<ManyResult<VersionReadReply>[]>;
  };
}

/** The script `version.read`, as a client loads and calls it. */
export const versionRead: ManyScript<VersionReadArgs, VersionReadReply> = {
  name: "version.read",
  version: "1.0.0",
  digest: "aebdaacf866c66375522675f544790408a5e3ccf",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<resource>}:version",
  ],
  encode(scope, args) {
    const newToken = args.newToken ?? newOperation();
    return {
      keys: [keys.version(scope, args.resource)],
      args: [argument.newToken.encode("newToken", newToken)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          token: field.token.decode("token", fields[1]),
          number: field.number.decode("number", fields[2]),
        };
      case "writing":
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
    limit: 100,
    width: 3,
    digest: "53debbda8573d3da4ec6300110a2e20d78dec952",
    write(call, scope, args) {
      const newToken = args.newToken ?? newOperation();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "resource", args.resource);
      call.endTag("}:version");
      call.endKey();
      call.args.text(argument.newToken.encode("newToken", newToken));
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
  newToken: types.newVersion,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["known", "writing"]),
  token: types.versionToken,
  number: types.writeNumber,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/version/read.lua": "22-25:5 41:45 42-47:45 54-66:51",
  "lua/lib/now_ms.lua": "50-53:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- version.read 1.0.0. Generated from lua/version/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/version/read.lua:
-- 7 days after its last use, a version is forgotten. Its tags then match nothing.
local KEEP_MS = 604800000
-- The upper bounds of the types epoch_ms and write_number.
local MAX_EPOCH_MS = 8640000000000000
local MAX_NUMBER = 9000000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT version.read expected 1 key and 1 argument" }
end
local arg_new_token = ARGV[1]
if #arg_new_token < 16 or #arg_new_token > 64 then
  return { err = "ARGUMENT version.read new_token: expected 16 to 64 bytes" }
end
if string.find(arg_new_token, "[%c{}]") then
  return { err = "ARGUMENT version.read new_token: expected no control characters and no braces" }
end

--- Reads the version of a resource before its data is read. A resource without a version gets a new one.
--- While a writer changes the resource, it has none.
do
  local version, new_token = KEYS[1], arg_new_token
  local stored = redis.call("HMGET", version, "token", "until", "number")
  local token = stored[1]
  local number = stored_integer(stored[3], "version", 0, MAX_NUMBER) or 0
  if not token then
    local ends_ms = stored_integer(stored[2], "version", 0, MAX_EPOCH_MS)
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    if ends_ms and ends_ms > now_ms() then
      return "writing"
    end
    redis.call("HSET", version, "token", new_token)
    redis.call("PEXPIRE", version, KEEP_MS)
    return { "known", new_token or false, number }
  end
  -- Rarely extended, so that most readings write nothing.
  if redis.call("PTTL", version) < KEEP_MS / 2 then
    redis.call("PEXPIRE", version, KEEP_MS)
  end
  return { "known", token or false, number }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/version/read.lua": "30-33:5 60:45 61-79:45",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- version.read 1.0.0. Generated from lua/version/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- From lua/version/read.lua:
-- 7 days after its last use, a version is forgotten. Its tags then match nothing.
local KEEP_MS = 604800000
-- The upper bounds of the types epoch_ms and write_number.
local MAX_EPOCH_MS = 8640000000000000
local MAX_NUMBER = 9000000000000000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT version.read expected 1 to 100 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_new_token = wrapper_argv[wrapper_arguments + 1]
  if #arg_new_token < 16 or #arg_new_token > 64 then
    return { err = "ARGUMENT version.read new_token: expected 16 to 64 bytes" }
  end
  if string.find(arg_new_token, "[%c{}]") then
    return { err = "ARGUMENT version.read new_token: expected no control characters and no braces" }
  end

  --- Reads the version of a resource before its data is read. A resource without a version gets a new one.
  --- While a writer changes the resource, it has none.
  do
    local version, new_token = KEYS[wrapper_keys + 1], arg_new_token
    local stored = redis.call("HMGET", version, "token", "until", "number")
    local token = stored[1]
    local number = stored_integer(stored[3], "version", 0, MAX_NUMBER) or 0
    if not token then
      local ends_ms = stored_integer(stored[2], "version", 0, MAX_EPOCH_MS)
      if ends_ms and ends_ms > now_ms() then
        return "writing"
      end
      redis.call("HSET", version, "token", new_token)
      redis.call("PEXPIRE", version, KEEP_MS)
      return "known", new_token or false, number
    end
    -- Rarely extended, so that most readings write nothing.
    if redis.call("PTTL", version) < KEEP_MS / 2 then
      redis.call("PEXPIRE", version, KEEP_MS)
    end
    return "known", token or false, number
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
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
