// views.take 1.1.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.take`. */
export interface ViewsTakeArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly shard: string;
  /** How many products a new batch may hold. Things, 1 to 1,000. */
  readonly limit: number;
}

/** Reply of `views.take`: `outcome` says what happened. */
export type ViewsTakeReply =
  | {
      /** `batch` */
      readonly outcome: "batch";
      /** Its number. 0 to 9,007,199,254,740,991. */
      readonly batch: number;
      /** By the products' names. At most 1,000 elements. */
      readonly views: readonly types.ProductViews[];
      /**
       * The number of the batch before; absent for the first one. 0 to 9,007,199,254,740,991. It
       * may be absent.
       */
      readonly previous: number | undefined;
    }
  | {
      /** `empty` */
      readonly outcome: "empty";
    };

/** The function of `views.take`. A tenant's `views` has it. */
export interface ViewsTakeOperation {
  /**
   * Takes a numbered batch of counted views, to be written to the database.
   *
   * A batch that was not acknowledged is given again, with the same number and the same counts, so
   * that the database can tell whether it has it. Each batch names the one before, so that the
   * database can tell whether it missed one, or whether Redis came back older than the database.
   * Numbers rise, with gaps; after a failover, as far as the servers' clocks agree. New views go on
   * being counted meanwhile; they are in the next batch.
   *
   * Outcomes:
   * - `batch`
   * - `empty`
   *
   * Units: `limit` in things.
   *
   * Cost: O(limit * log limit).
   *
   * Retry: safe. A batch is given again until it is acknowledged.
   *
   * Lua source: `lua/views/take.lua`, version 1.1.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // What was counted is taken.
   * const reply = await acme.views.take({ shard: "shard-1", limit: 10 });
   * // reply: {
   * //   outcome: "batch",
   * //   batch: 8_000_000_000_000_001,
   * //   views: [{ product: "lamp", count: 5 }, { product: "vase", count: 2 }],
   * //   previous: 8_000_000_000_000_000,
   * // }
   * ```
   */
  take(args: ViewsTakeArgs, options?: CallOptions): Promise<ViewsTakeReply>;
}

/** The script `views.take`, as a client loads and calls it. */
export const viewsTake: Script<ViewsTakeArgs, ViewsTakeReply> = {
  name: "views.take",
  version: "1.1.0",
  digest: "532f44b565660abd70ffeae72231c78ce1badef8",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<shard>}:views",
    "<namespace>:{<tenant>:<shard>}:views-batch",
    "<namespace>:{<tenant>:<shard>}:views-sequence",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.views(scope, args.shard),
        keys.viewsBatch(scope, args.shard),
        keys.viewsSequence(scope, args.shard),
      ],
      args: [argument.limit.encode("limit", args.limit)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "batch":
        return {
          outcome,
          batch: field.batch.decode("batch", fields[1]),
          views: field.views.decode("views", fields[2]),
          previous: field.previous.decode("previous", fields[3]),
        };
      case "empty":
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
  limit: types.limit,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["batch", "empty"]),
  batch: types.sequence,
  views: listType(types.productViews, 1000),
  previous: optional(types.sequence),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/next_number.lua": {
    21: 9, 22: 10, 23: 11, 24: 12, 25: 13,
  },
  "lua/lib/stored_integer.lua": {
    29: 4, 32: 13, 33: 14, 34: 15, 35: 16, 36: 17, 37: 18, 38: 19, 39: 20, 40: 21, 41: 22,
  },
  "lua/lib/product_counts.lua": {
    45: 7, 46: 8, 48: 10, 49: 11, 50: 12, 51: 13, 52: 14, 53: 15, 54: 16, 55: 17, 56: 18, 57: 19, 58: 20,
    59: 21, 60: 22,
  },
  "lua/views/take.lua": {
    63: 6, 65: 8, 68: 50, 69: 51, 70: 52, 71: 53, 72: 54, 73: 55, 74: 56, 75: 57, 76: 58, 77: 59, 78: 60,
    80: 62, 81: 63, 82: 64, 83: 65, 84: 66, 85: 67, 87: 69, 88: 70, 89: 71, 90: 72, 91: 73, 92: 74, 93: 75,
    94: 76, 95: 77,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- views.take 1.1.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/next_number.lua:
--- A number above every earlier one: for fencing tokens and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
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

-- From lua/lib/product_counts.lua:
--- Reads products and their counts, by the products' names in the server's collation.
local function product_counts(fields)
  local views = {}
  -- at most 1001 fields
  for position = 1, #fields, 2 do
    if fields[position] ~= "" then
      views[#views + 1] = {
        product = fields[position],
        count = stored_integer(fields[position + 1], "views of a product", 1),
      }
    end
  end
  table.sort(views, function(one, other)
    return one.product < other.product
  end)
  return views
end

-- From lua/views/take.lua:
local MOST_PRODUCTS = 1000
-- No product has an empty name; in a batch, that field holds the number of the batch before.
local PREVIOUS = ""

--- Takes a numbered batch of counted views, to be written to the database.
local function take(live, taken, latest, limit)
  local batch = stored_integer(redis.call("GET", latest), "views-sequence")
  local held = redis.call("HLEN", taken)
  if held > 0 then
    local before = stored_integer(redis.call("HGET", taken, PREVIOUS), "number of the batch before")
    local products = before and held - 1 or held
    if products < 1 or products > MOST_PRODUCTS or not batch then
      corrupt("views-batch")
    end
    return "batch", batch, product_counts(redis.call("HGETALL", taken)), before
  end

  local views = product_counts(redis.call("HRANDFIELD", live, limit, "WITHVALUES"))
  if #views == 0 then
    return "empty"
  end
  local new_batch = next_number(batch)
  redis.call("SET", latest, new_batch)
  -- at most 1000 products
  for _, viewed in ipairs(views) do
    redis.call("HSET", taken, viewed.product, viewed.count)
    redis.call("HDEL", live, viewed.product)
  end
  if batch then
    redis.call("HSET", taken, PREVIOUS, batch)
  end
  return "batch", new_batch, views, batch
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.take " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
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

if #KEYS ~= 3 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT views.take expected 3 keys and 1 argument")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local reply_outcome, reply_batch, reply_views, reply_previous = take(KEYS[1], KEYS[2], KEYS[3], arg_limit)
return {
  reply_outcome,
  wrapper_encode_optional(reply_batch),
  wrapper_encode_records(reply_views, { "product", "count" }),
  wrapper_encode_optional(reply_previous),
}
`;
