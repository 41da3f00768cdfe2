// delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `delete.delete`. */
export interface DeleteDeleteArgs {
  /** Part of the key. 1 to 8 bytes. */
  readonly class: string;
  /** Part of the key. 1 to 64 bytes. */
  readonly scope: string;
  /** Everything at once. At most 1,000 elements. */
  readonly arguments: readonly types.Package[];
  /** Counts what is new. -5 to 5. */
  readonly void: number;
}

/** Reply of `delete.delete`: `outcome` says what happened. */
export type DeleteDeleteReply =
  | {
      /** `done` */
      readonly outcome: "done";
      /** Everything at once. At most 1,000 elements. */
      readonly yield: readonly types.Package[];
    }
  | {
      /** `default` */
      readonly outcome: "default";
    };

/** The function of `delete.delete`. A tenant's `delete` has it. */
export interface DeleteDeleteOperation {
  /**
   * Deletes a class of things.
   *
   * Outcomes:
   * - `done`
   * - `default`
   *
   * Cost: O(1).
   *
   * Retry: safe. What is gone stays gone.
   *
   * Lua source: `lua/delete/delete.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Nothing is there.
   * const reply = await acme.delete.delete({
   *   class: "A",
   *   scope: "all",
   *   arguments: [{ class: "B", new: 1, default: "yes" }],
   *   void: 1,
   * });
   * // reply: { outcome: "default" }
   * ```
   */
  delete(args: DeleteDeleteArgs, options?: CallOptions): Promise<DeleteDeleteReply>;
}

/** The script `delete.delete`, as a client loads and calls it. */
export const deleteDelete: Script<DeleteDeleteArgs, DeleteDeleteReply> = {
  name: "delete.delete",
  version: "1.0.0",
  digest: "1a1a172fd8328b7706c6cdc32f75eb4db6ec2ecc",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<class>}:import:<scope>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.import(scope, args.class, args.scope)],
      args: [
        ...argument.arguments.encode("arguments", args.arguments),
        argument.void.encode("void", args.void),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "done":
        return {
          outcome,
          yield: field.yield.decode("yield", fields[1]),
        };
      case "default":
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
  arguments: listType(types.package, 1000),
  void: types.new,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["done", "default"]),
  yield: listType(types.package, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/delete/delete.lua":
    "45:23 46-50:23 51:27 52:27 53:27 54:27 55:27 56:27 57:27 58:27 59:27 60:27 61-62:27",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT delete.delete expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_arguments = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT delete.delete arguments: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 2 + 3 * wrapper_count then
    return { err = "ARGUMENT delete.delete expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_class = ARGV[-1 + 3 * index]
    if field_class == "" or #field_class > 8 then
      return { err = "ARGUMENT delete.delete arguments.class: expected 1 to 8 bytes" }
    end
    if string.find(field_class, "[^A-Z]") then
      return { err = "ARGUMENT delete.delete arguments.class: expected letters A to Z" }
    end
    local field_new = tonumber(ARGV[3 * index])
    if not field_new or field_new < -5 or field_new > 5 or field_new % 1 ~= 0 then
      return { err = "ARGUMENT delete.delete arguments.new: expected a whole number from -5 to 5" }
    end
    local field_default = ARGV[1 + 3 * index]
    if field_default ~= "yes" and field_default ~= "no" and field_default ~= "default" then
      return { err = "ARGUMENT delete.delete arguments.default: expected one of its choices" }
    end
    arg_arguments[index] = { class = field_class, new = field_new, default = field_default }
  end
  wrapper_position = 1 + 3 * wrapper_count
end
local arg_void = tonumber(ARGV[wrapper_position + 1])
if not arg_void or arg_void < -5 or arg_void > 5 or arg_void % 1 ~= 0 then
  return { err = "ARGUMENT delete.delete void: expected a whole number from -5 to 5" }
end

-- From lua/delete/delete.lua:
--- Deletes a class of things.
do
  local import, arguments, void = KEYS[1], arg_arguments, arg_void
  if redis.call("DEL", import) == 0 or void == 0 then
    return "default"
  end
  local reply_outcome, reply_yield = "done", arguments
  local wrapper_reply_yield = false
  if reply_yield then
    wrapper_reply_yield = {}
    for index = 1, #reply_yield do
      local row = reply_yield[index]
      wrapper_reply_yield[3 * index - 2] = row.class
      wrapper_reply_yield[3 * index - 1] = row.new
      wrapper_reply_yield[3 * index] = row.default
    end
  end
  return { reply_outcome, wrapper_reply_yield }
end
`;
