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
  digest: "14e8e57b4f524c33675be0588cfb7bfa6c136592",
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
    38: 24, 39: 24, 40: 24, 42: 26, 43: 27, 44: 28, 45: 29,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT views.visit expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_viewers = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT views.visit viewers: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT views.visit expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT views.visit viewers: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT views.visit viewers: expected no control characters and no braces" }
    end
    arg_viewers[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_remember_ms_digits = ARGV[wrapper_position + 1]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT views.visit remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/views/visit.lua:
--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
do
  local viewers_key, viewers, remember_ms, remember_ms_digits =
    KEYS[1], arg_viewers, arg_remember_ms, arg_remember_ms_digits
  -- at most 1000 viewers
  redis.call("PFADD", viewers_key, unpack(viewers))
  redis.call("PEXPIRE", viewers_key, remember_ms_digits)
  return "noted"
end
`;
