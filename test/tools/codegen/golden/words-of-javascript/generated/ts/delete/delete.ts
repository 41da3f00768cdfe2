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
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
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
  digest: "c454c04c5b163c480604520256e708399cc091a4",
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

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/delete/delete.lua": {
    6: 23, 7: 24, 8: 25, 9: 26, 10: 27, 11: 28,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/delete/delete.lua:
--- Deletes a class of things.
local function delete(import, arguments, void)
  if redis.call("DEL", import) == 0 or void == 0 then
    return "default"
  end
  return "done", arguments
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT delete.delete " .. argument .. ": expected " .. expected })
end

local wrapper_position = 0
local function wrapper_next_argument()
  wrapper_position = wrapper_position + 1
  return ARGV[wrapper_position] or ""
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end

local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, 1000) do
    list[index] = read_element()
  end
  return list
end

local function wrapper_encode_records(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end

if #KEYS ~= 1 then
  return redis.error_reply("ARGUMENT delete.delete expected 1 key")
end
local arg_arguments = wrapper_read_list("arguments", function()
  return {
    class = wrapper_read_text("arguments.class", wrapper_next_argument(), 1, 8, "[^A-Z]", "letters A to Z"),
    new = wrapper_read_integer("arguments.new", wrapper_next_argument(), -5, 5),
    default = wrapper_read_choice(
      "arguments.default",
      wrapper_next_argument(),
      { ["yes"] = true, ["no"] = true, ["default"] = true }
    ),
  }
end)
local arg_void = wrapper_read_integer("void", wrapper_next_argument(), -5, 5)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT delete.delete expected as many arguments as its lists say")
end
local reply_outcome, reply_yield = delete(KEYS[1], arg_arguments, arg_void)
return { reply_outcome, wrapper_encode_records(reply_yield, { "class", "new", "default" }) }
`;
