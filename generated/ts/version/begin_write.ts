// version.begin_write 1.0.0. Generated from lua/version/begin_write.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `version.begin_write`. */
export interface VersionBeginWriteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly resource: string;
  /** A new one for each write. 1 to 256 bytes. */
  readonly writer: string;
  /** The version that the writer's client has read; absent: any. 16 to 64 bytes. */
  readonly expected?: string | undefined;
  /**
   * Longer than the write takes; if the writer dies, there is a new version then. Milliseconds,
   * 1,000 to 600,000.
   */
  readonly writeMs: number;
}

/** Reply of `version.begin_write`: `outcome` says what happened. */
export type VersionBeginWriteReply =
  | {
      /** `begun` */
      readonly outcome: "begun";
      /**
       * The highest number of a write in the database that ended before the version began; 0 if
       * none is known. 0 to 9,000,000,000,000,000.
       */
      readonly number: number;
    }
  | {
      /**
       * - `changed`: the resource has another version, or is being written.
       * - `full`: 64 other writers change it now.
       */
      readonly outcome: "changed" | "full";
    };

/** The function of `version.begin_write`. A tenant's `version` has it. */
export interface VersionBeginWriteOperation {
  /**
   * Begins a write of a resource: it has no version until the write ends. With `expected`, the
   * write only begins if the resource still has that version. So of two writers that expect the
   * same one, one begins.
   *
   * Outcomes:
   * - `begun`
   * - `changed`: the resource has another version, or is being written.
   * - `full`: 64 other writers change it now.
   *
   * Units: `writeMs` in milliseconds.
   *
   * Cost: O(W), W the writers at this time, at most 64.
   *
   * Retry: never. A second run after the end of the write would begin it again.
   *
   * Lua source: `lua/version/begin_write.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A write of the version that the client has read.
   * const reply = await acme.version.beginWrite({
   *   resource: "resource-1",
   *   writer: "w1",
   *   expected: "6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11",
   *   writeMs: 5000,
   * });
   * // reply: { outcome: "begun", number: 7 }
   * ```
   */
  beginWrite(args: VersionBeginWriteArgs, options?: CallOptions): Promise<VersionBeginWriteReply>;
}

/** The script `version.begin_write`, as a client loads and calls it. */
export const versionBeginWrite: Script<VersionBeginWriteArgs, VersionBeginWriteReply> = {
  name: "version.begin_write",
  version: "1.0.0",
  digest: "194944b0f5fa4a7a5bdf1323825632625c3c197a",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<resource>}:version",
  ],
  encode(scope, args) {
    return {
      keys: [keys.version(scope, args.resource)],
      args: [
        argument.writer.encode("writer", args.writer),
        argument.expected.encode("expected", args.expected),
        argument.writeMs.encode("writeMs", args.writeMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "begun":
        return {
          outcome,
          number: field.number.decode("number", fields[1]),
        };
      case "changed":
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
  writer: types.id,
  expected: optional(types.versionToken),
  writeMs: types.writeMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["begun", "changed", "full"]),
  number: types.writeNumber,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/lib/version/stored_version.lua": "29-62:14",
  "lua/version/begin_write.lua": "66-68:5 99:48 100-122:48",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- version.begin_write 1.0.0. Generated from lua/version/begin_write.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/version/begin_write.lua:
-- So many writers may change one resource at a time.
local MAX_WRITERS = 64
-- 7 days, as in version.read. It is longer than any write.
local KEEP_MS = 604800000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT version.begin_write expected 1 key and 3 arguments" }
end
local arg_writer = ARGV[1]
if arg_writer == "" or #arg_writer > 256 then
  return { err = "ARGUMENT version.begin_write writer: expected 1 to 256 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT version.begin_write writer: expected no control characters and no braces" }
end
local arg_expected = ARGV[2]
if arg_expected == "" then
  arg_expected = nil
else
  if #arg_expected < 16 or #arg_expected > 64 then
    return { err = "ARGUMENT version.begin_write expected: expected 16 to 64 bytes" }
  end
  if string.find(arg_expected, "[%c{}]") then
    return { err = "ARGUMENT version.begin_write expected: expected no control characters and no braces" }
  end
end
local arg_write_ms = tonumber(ARGV[3])
if not arg_write_ms or arg_write_ms < 1000 or arg_write_ms > 600000 or arg_write_ms % 1 ~= 0 then
  return { err = "ARGUMENT version.begin_write write_ms: expected a whole number from 1000 to 600000" }
end

--- Begins a write of a resource: it has no version until the write ends. With \`expected\`, the write only
--- begins if the resource still has that version. So of two writers that expect the same one, one begins.
do
  local version, writer, expected, write_ms = KEYS[1], arg_writer, arg_expected, arg_write_ms
  local now = now_ms()
  local token, number, _, others, others_end_ms, ended = stored_version(version, writer, now)
  if expected and token ~= expected then
    return "changed"
  end
  if others >= MAX_WRITERS then
    return "full"
  end
  local ends_ms = now + write_ms
  local until_ms = string.format("%d", math.max(others_end_ms, ends_ms))
  redis.call("HSET", version, "writer:" .. writer, string.format("%d", ends_ms), "until", until_ms)
  if others == 0 then
    redis.call("HSET", version, "sole", writer)
  else
    ended[#ended + 1] = "sole"
  end
  redis.call("PEXPIRE", version, KEEP_MS)
  ended[#ended + 1] = "token"
  -- at most 66 fields
  redis.call("HDEL", version, unpack(ended))
  return { "begun", number }
end
`;
