// version.bump 1.0.0. Generated from lua/version/bump.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `version.bump`. */
export interface VersionBumpArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly resource: string;
  /** Also forgets the number of the last write, because the resource was deleted. */
  readonly forgets?: boolean | undefined;
}

/** Reply of `version.bump`: `outcome` says what happened. */
export type VersionBumpReply =
  | {
      /**
       * - `bumped`
       * - `absent`: it had no version, so no tag matches it anyway.
       */
      readonly outcome: "bumped" | "absent";
    };

/** The function of `version.bump`. A tenant's `version` has it. */
export interface VersionBumpOperation {
  /**
   * Ends the version of a resource, because the resource has changed. The next reading gives it a
   * new one, so no tag from before matches.
   *
   * Outcomes:
   * - `bumped`
   * - `absent`: it had no version, so no tag matches it anyway.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run ends a version that is as new, which only costs a full reply.
   *
   * Lua source: `lua/version/bump.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // No tag of the old version matches afterwards.
   * const reply = await acme.version.bump({ resource: "resource-1" });
   * // reply: { outcome: "bumped" }
   * ```
   */
  readonly bump: {
    (args: VersionBumpArgs, options?: CallOptions): Promise<VersionBumpReply>;
    /**
     * Makes many calls of `bump` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly VersionBumpArgs[], options?: CallOptions): Promise<ManyResult<VersionBumpReply>[]>;
  };
}

/** The script `version.bump`, as a client loads and calls it. */
export const versionBump: ManyScript<VersionBumpArgs, VersionBumpReply> = {
  name: "version.bump",
  version: "1.0.0",
  digest: "280c1af9980c59113795e0609598ccd003acb403",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<resource>}:version",
  ],
  encode(scope, args) {
    return {
      keys: [keys.version(scope, args.resource)],
      args: [argument.forgets.encode("forgets", args.forgets)],
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
    limit: 100,
    width: 1,
    digest: "34265dcbc4f45cec77e239013cc0fce48970d0f4",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "resource", args.resource);
      call.endTag("}:version");
      call.endKey();
      call.args.text(argument.forgets.encode("forgets", args.forgets));
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
  forgets: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["bumped", "absent"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/version/bump.lua": "21:30 22-26:30",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- version.bump 1.0.0. Generated from lua/version/bump.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT version.bump expected 1 key and 1 argument" }
end
local arg_forgets = ARGV[1]
if arg_forgets == "" then
  arg_forgets = nil
else
  if arg_forgets ~= "1" and arg_forgets ~= "0" then
    return { err = "ARGUMENT version.bump forgets: expected 1 or 0" }
  end
  arg_forgets = arg_forgets == "1"
end

-- From lua/version/bump.lua:
--- Ends the version of a resource, because the resource has changed. The next reading gives it a new
--- one, so no tag from before matches.
do
  local version, forgets = KEYS[1], arg_forgets
  local had_token = redis.call("HEXISTS", version, "token")
  redis.call("HDEL", version, "token", "sole", forgets and "number" or "sole")
  return had_token == 1 and "bumped" or "absent"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/version/bump.lua": "33:30 34-38:30",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- version.bump 1.0.0. Generated from lua/version/bump.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT version.bump expected 1 to 100 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_forgets = wrapper_argv[wrapper_arguments + 1]
  if arg_forgets == "" then
    arg_forgets = nil
  else
    if arg_forgets ~= "1" and arg_forgets ~= "0" then
      return { err = "ARGUMENT version.bump forgets: expected 1 or 0" }
    end
    arg_forgets = arg_forgets == "1"
  end

  -- From lua/version/bump.lua:
  --- Ends the version of a resource, because the resource has changed. The next reading gives it a new
  --- one, so no tag from before matches.
  do
    local version, forgets = KEYS[wrapper_keys + 1], arg_forgets
    local had_token = redis.call("HEXISTS", version, "token")
    redis.call("HDEL", version, "token", "sole", forgets and "number" or "sole")
    return had_token == 1 and "bumped" or "absent"
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
