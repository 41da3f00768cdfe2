// views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.add`. */
export interface ViewsAddArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly shard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** A product and how often it was viewed. At most 1,000 elements. */
  readonly views: readonly types.ProductViews[];
  /**
   * How long the operation is known, should it be sent again. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `views.add`: `outcome` says what happened. */
export type ViewsAddReply =
  | {
      /**
       * - `added`
       * - `repeated`: this operation was counted before.
       */
      readonly outcome: "added" | "repeated";
    };

/** The function of `views.add`. A tenant's `views` has it. */
export interface ViewsAddOperation {
  /**
   * Counts views of one or more products, once.
   *
   * Outcomes:
   * - `added`
   * - `repeated`: this operation was counted before.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(P), P the products given.
   *
   * Retry: safe within `rememberMs`. The operation is known and counted once.
   *
   * Lua source: `lua/views/add.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // Views are counted.
   * const reply = await acme.views.add({
   *   shard: "shard-1",
   *   operation: "page-1",
   *   views: [{ product: "lamp", count: 1 }, { product: "vase", count: 2 }],
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "added" }
   * ```
   */
  add(args: ViewsAddArgs, options?: CallOptions): Promise<ViewsAddReply>;
}

/** The script `views.add`, as a client loads and calls it. */
export const viewsAdd: Script<ViewsAddArgs, ViewsAddReply> = {
  name: "views.add",
  version: "1.0.0",
  digest: "4811fef711c179e4d102fc67b04a85f71ff95b17",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<shard>}:views",
    "<namespace>:{<tenant>:<shard>}:views-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.views(scope, args.shard),
        keys.viewsOperation(scope, args.shard, operation),
      ],
      args: [
        ...argument.views.encode("views", args.views),
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
  views: listType(types.productViews, 1000),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["added", "repeated"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/misuse.lua": {
    15: 6, 16: 7, 17: 8,
  },
  "lua/lib/corrupt.lua": {
    21: 7, 22: 8, 23: 9,
  },
  "lua/lib/stored_integer.lua": {
    27: 4, 30: 13, 31: 14, 32: 15, 33: 16, 34: 17, 35: 18, 36: 19, 37: 20, 38: 21, 39: 22,
  },
  "lua/views/add.lua": {
    42: 4, 45: 37, 46: 38, 47: 39, 48: 40, 50: 42, 52: 44, 53: 45, 54: 46, 55: 47, 56: 48, 57: 49, 58: 50,
    59: 51, 60: 52, 61: 53, 64: 56, 65: 57, 66: 58, 67: 59, 68: 60, 69: 61,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/misuse.lua:
--- Stops the script before it writes: its arguments do not fit together.
local function misuse(expected)
  stop("ARGUMENT", expected, 2)
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/views/add.lua:
local MOST_VIEWS = 9000000000000000

--- Counts views of one or more products, once.
local function add(live, counted, views, remember_ms)
  if redis.call("GET", counted) then
    return "repeated"
  end

  local totals = {}
  -- at most 1000 products
  for _, viewed in ipairs(views) do
    local before = totals[viewed.product]
    if not before then
      before = stored_integer(redis.call("HGET", live, viewed.product), "views of a product") or 0
    end
    totals[viewed.product] = before + viewed.count
    if totals[viewed.product] > MOST_VIEWS then
      misuse("views.add views: the views of a product stay below 9 * 10^15")
    end
  end

  -- at most 1000 products
  for product, total in pairs(totals) do
    redis.call("HSET", live, product, total)
  end
  redis.call("SET", counted, "counted", "PX", remember_ms)
  return "added"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.add " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 2 then
  return redis.error_reply("ARGUMENT views.add expected 2 keys")
end
local arg_views = wrapper_read_list("views", function()
  return {
    product = wrapper_read_text(
      "views.product",
      wrapper_next_argument(),
      1,
      256,
      "[%c{}]",
      "no control characters and no braces"
    ),
    count = wrapper_read_integer("views.count", wrapper_next_argument(), 1, 9000000000000000),
  }
end)
local arg_remember_ms = wrapper_read_integer("remember_ms", wrapper_next_argument(), 1000, 31622400000)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT views.add expected as many arguments as its lists say")
end
local reply_outcome = add(KEYS[1], KEYS[2], arg_views, arg_remember_ms)
return { reply_outcome }
`;
