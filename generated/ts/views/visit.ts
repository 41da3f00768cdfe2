// views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.visit`. */
export interface ViewsVisitArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly period: string;
  /** The people who viewed the product. At most 1,000 elements; each 1 to 256 bytes. */
  readonly viewers: readonly string[];
  /**
   * How long the viewers are stored after the last visit. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `views.visit`: `outcome` says what happened. */
export type ViewsVisitReply =
  | {
      /** `noted`: the viewers are stored. */
      readonly outcome: "noted";
    };

/** The function of `views.visit`. A tenant's `views` has it. */
export interface ViewsVisitOperation {
  /**
   * Notes the viewers of a product in a period, such as a day. Each viewer counts once.
   *
   * Outcomes:
   * - `noted`: the viewers are stored.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(V), V the given viewers.
   *
   * Retry: safe. A viewer counts once.
   *
   * Lua source: `lua/views/visit.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // Two people view a product.
   * const reply = await acme.views.visit({
   *   product: "product-1",
   *   period: "2026-11-27",
   *   viewers: ["ada", "bob"],
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "noted" }
   * ```
   */
  visit(args: ViewsVisitArgs, options?: CallOptions): Promise<ViewsVisitReply>;
}

/** The script `views.visit`, as a client loads and calls it. */
export const viewsVisit: Script<ViewsVisitArgs, ViewsVisitReply> = {
  name: "views.visit",
  version: "1.0.0",
  digest: "87e32d284febd15b55620447e40cb91a1c62a341",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:viewers:<period>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.viewers(scope, args.product, args.period)],
      args: [
        ...argument.viewers.encode("viewers", args.viewers),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
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
};

/** How each argument is encoded, with its bounds. */
const argument = {
  viewers: listType(types.id, 1000),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["noted"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/views/visit.lua": {
    6: 24, 8: 26, 9: 27, 10: 28, 11: 29,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/views/visit.lua:
--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
local function visit(viewers_key, viewers, remember_ms)
  -- at most 1000 viewers
  redis.call("PFADD", viewers_key, unpack(viewers))
  redis.call("PEXPIRE", viewers_key, remember_ms)
  return "noted"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.visit " .. argument .. ": expected " .. expected })
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

local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, 1000) do
    list[index] = read_element()
  end
  return list
end

if #KEYS ~= 1 then
  return redis.error_reply("ARGUMENT views.visit expected 1 key")
end
local arg_viewers = wrapper_read_list("viewers", function()
  return wrapper_read_text(
    "viewers",
    wrapper_next_argument(),
    1,
    256,
    "[%c{}]",
    "no control characters and no braces"
  )
end)
local arg_remember_ms = wrapper_read_integer("remember_ms", wrapper_next_argument(), 1000, 31622400000)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT views.visit expected as many arguments as its lists say")
end
local reply_outcome = visit(KEYS[1], arg_viewers, arg_remember_ms)
return { reply_outcome }
`;
