// version.end_write 1.0.0. Generated from lua/version/end_write.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `version.end_write`. */
export interface VersionEndWriteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly resource: string;
  /** As in version.begin_write. 1 to 256 bytes. */
  readonly writer: string;
  /**
   * A new version of a resource. No two calls may give the same one. 16 to 64 bytes. The client
   * makes one if it is absent.
   */
  readonly newToken?: string | undefined;
  /**
   * The number of the write in the database, or the one that it has found there. 0 to
   * 9,000,000,000,000,000.
   */
  readonly number?: number | undefined;
}

/** Reply of `version.end_write`: `outcome` says what happened. */
export type VersionEndWriteReply =
  | {
      /**
       * - `replaced`
       * - `writing`: other writers still change the resource.
       */
      readonly outcome: "replaced" | "writing";
      /**
       * Whether this writer was the only one since it began: then newToken is the version of what
       * it has written.
       */
      readonly sole: boolean;
    };

/** The function of `version.end_write`. A tenant's `version` has it. */
export interface VersionEndWriteOperation {
  /**
   * Ends a write of a resource, whether the database has taken it or not. After the last of the
   * writers, the resource has a new version.
   *
   * Outcomes:
   * - `replaced`
   * - `writing`: other writers still change the resource.
   *
   * Cost: O(W), W the writers at this time, at most 64.
   *
   * Retry: never. A second run could bring a version back that was replaced.
   *
   * Lua source: `lua/version/end_write.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The writer that was alone gets the version of what it has written.
   * const reply = await acme.version.endWrite({
   *   resource: "resource-1",
   *   writer: "w1",
   *   newToken: "aaaaaaaaaaaaaaaa",
   *   number: 9,
   * });
   * // reply: { outcome: "replaced", sole: true }
   * ```
   */
  endWrite(args: VersionEndWriteArgs, options?: CallOptions): Promise<VersionEndWriteReply>;
}

/** The script `version.end_write`, as a client loads and calls it. */
export const versionEndWrite: Script<VersionEndWriteArgs, VersionEndWriteReply> = {
  name: "version.end_write",
  version: "1.0.0",
  digest: "3c014b7df2ea26d1c0fe2243767500ba4bb6483d",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<resource>}:version",
  ],
  encode(scope, args) {
    const newToken = args.newToken ?? newOperation();
    return {
      keys: [keys.version(scope, args.resource)],
      args: [
        argument.writer.encode("writer", args.writer),
        argument.newToken.encode("newToken", newToken),
        argument.number.encode("number", args.number),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, sole: field.sole.decode("sole", fields[1]) };
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
  writer: types.id,
  newToken: types.newVersion,
  number: optional(types.writeNumber),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["replaced", "writing"]),
  sole: types.flag,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/lib/version/stored_version.lua": "29-62:14",
  "lua/version/end_write.lua": "66:5 95:41 96-115:41",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- version.end_write 1.0.0. Generated from lua/version/end_write.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/version/stored_version.lua:
--- Reads a version with its writers.
local function stored_version(version, writer, now)
  -- The fields of 64 writers, \`token\`, \`number\`, \`sole\` and \`until\`.
  local MAX_FIELDS = 68
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  -- The upper bound of the type write_number.
  local MAX_NUMBER = 9000000000000000
  if redis.call("HLEN", version) > MAX_FIELDS then
    error({ err = "CORRUPT version" })
  end
  local fields = redis.call("HGETALL", version)
  local token, number, sole, others, others_end_ms = nil, 0, nil, 0, now
  local own, ended = "writer:" .. writer, {}
  -- at most 68 fields
  for at = 1, #fields, 2 do
    local name, value = fields[at], fields[at + 1]
    if name == "token" then
      token = value
    elseif name == "sole" then
      sole = value
    elseif name == "number" then
      number = stored_integer(value, "version", 0, MAX_NUMBER) or 0
    elseif name ~= "until" and name ~= own then
      local ends_ms = stored_integer(value, "version", 0, MAX_EPOCH_MS) or 0
      if ends_ms <= now then
        ended[#ended + 1] = name
      else
        others = others + 1
        others_end_ms = math.max(others_end_ms, ends_ms)
      end
    end
  end
  return token, number, sole == writer, others, others_end_ms, ended
end

-- From lua/version/end_write.lua:
-- 7 days, as in version.read.
local KEEP_MS = 604800000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT version.end_write expected 1 key and 3 arguments" }
end
local arg_writer = ARGV[1]
if arg_writer == "" or #arg_writer > 256 then
  return { err = "ARGUMENT version.end_write writer: expected 1 to 256 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT version.end_write writer: expected no control characters and no braces" }
end
local arg_new_token = ARGV[2]
if #arg_new_token < 16 or #arg_new_token > 64 then
  return { err = "ARGUMENT version.end_write new_token: expected 16 to 64 bytes" }
end
if string.find(arg_new_token, "[%c{}]") then
  return { err = "ARGUMENT version.end_write new_token: expected no control characters and no braces" }
end
local arg_number = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if not arg_number or arg_number < 0 or arg_number > 9000000000000000 or arg_number % 1 ~= 0 then
    return { err = "ARGUMENT version.end_write number: expected a whole number from 0 to 9000000000000000" }
  end
end

--- Ends a write of a resource, whether the database has taken it or not. After the last of the writers,
--- the resource has a new version.
do
  local version, writer, new_token, number = KEYS[1], arg_writer, arg_new_token, arg_number
  local now = now_ms()
  local _, known, is_sole, others, others_end_ms, ended = stored_version(version, writer, now)
  if number and number > known then
    redis.call("HSET", version, "number", string.format("%.0f", number))
  end
  if others > 0 then
    redis.call("HSET", version, "until", string.format("%d", others_end_ms))
    ended[#ended + 1] = "token"
  else
    redis.call("HSET", version, "token", new_token)
    ended[#ended + 1] = "until"
  end
  redis.call("PEXPIRE", version, KEEP_MS)
  ended[#ended + 1] = "writer:" .. writer
  ended[#ended + 1] = "sole"
  -- at most 67 fields
  redis.call("HDEL", version, unpack(ended))
  return { others > 0 and "writing" or "replaced", (is_sole and others == 0) and 1 or 0 }
end
`;
