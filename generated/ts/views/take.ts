// views.take 1.0.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.take`. */
export interface ViewsTakeArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly shard: string;
  /** The maximum number of products in a new batch. Products, 1 to 100. */
  readonly limit: number;
}

/** Reply of `views.take`: `outcome` says what happened. */
export type ViewsTakeReply =
  | {
      /** `batch`: a batch of counted views. */
      readonly outcome: "batch";
      /** Its number. 0 to 9,007,199,254,740,991. */
      readonly batch: number;
      /** Each product once, in no order. At most 1,000 elements. */
      readonly views: readonly types.ProductViews[];
      /**
       * The number of the previous batch; absent for the first one. 0 to 9,007,199,254,740,991. It
       * may be absent.
       */
      readonly previous: number | undefined;
    }
  | {
      /** `empty`: no views were counted. */
      readonly outcome: "empty";
    };

/** The function of `views.take`. A tenant's `views` has it. */
export interface ViewsTakeOperation {
  /**
   * Takes a numbered batch of counted views, for a worker that writes it to the database.
   *
   * The script returns a batch again until it is acknowledged, with the same number and the same
   * counts. So the database can detect a batch that it has already. Each batch has the number of
   * the previous one. So the database can detect a batch that it missed, and data of Redis that is
   * older than its own.
   *
   * Numbers rise, with gaps. After a failover, they rise if the clocks of the servers agree. Views
   * that are added meanwhile are in the next batch.
   *
   * Outcomes:
   * - `batch`: a batch of counted views.
   * - `empty`: no views were counted.
   *
   * Units: `limit` in products.
   *
   * Cost: O(limit).
   *
   * Retry: safe. A batch is returned until it is acknowledged; a late call may begin the next
   * batch, which the next call returns.
   *
   * Lua source: `lua/views/take.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Counted views are taken.
   * const reply = await acme.views.take({ shard: "shard-1", limit: 10 });
   * // reply: {
   * //   outcome: "batch",
   * //   batch: 8_000_000_000_000_001,
   * //   views: [{ product: "vase", count: 2 }, { product: "lamp", count: 5 }],
   * //   previous: 8_000_000_000_000_000,
   * // }
   * ```
   */
  take(args: ViewsTakeArgs, options?: CallOptions): Promise<ViewsTakeReply>;
}

/** The script `views.take`, as a client loads and calls it. */
export const viewsTake: Script<ViewsTakeArgs, ViewsTakeReply> = {
  name: "views.take",
  version: "1.0.0",
  digest: "ae2bd87957e169c0717aaf7428188560114add2e",
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
  limit: types.batchLimit,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["batch", "empty"]),
  batch: types.sequence,
  views: listType(types.productViews, 1000),
  previous: optional(types.sequence),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/views/product_counts.lua": "22-32:8",
  "lua/views/take.lua": "36-41:6 54:63 55:63 56-79:63 88-98:88",
  "lua/lib/next_number.lua": "83-87:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- views.take 1.0.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/views/product_counts.lua:
--- Reads products and their counts.
local function product_counts(fields)
  local views = {}
  -- at most 101 fields
  for position = 1, #fields, 2 do
    if fields[position] ~= "" then
      views[#views + 1] = fields[position]
      views[#views + 1] = stored_integer(fields[position + 1], "views of a product", 1)
    end
  end
  return views
end

-- From lua/views/take.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type batch_limit.
local MAX_PRODUCTS = 100
-- In a batch, the field with the empty name holds the number of the previous batch. No product has
-- an empty name.
local PREVIOUS = ""

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT views.take expected 3 keys and 1 argument" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT views.take limit: expected a whole number from 1 to 100" }
end

--- Takes a numbered batch of counted views, for a worker that writes it to the database.
do
  local pending_views, views_batch, views_sequence, limit, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_limit_digits
  local batch = stored_integer(redis.call("GET", views_sequence), "views-sequence", 0, MAX_SEQUENCE - 2)
  local field_count = redis.call("HLEN", views_batch)
  if field_count > 0 then
    local previous = stored_integer(redis.call("HGET", views_batch, PREVIOUS), "number of the previous batch")
    local product_count = previous and field_count - 1 or field_count
    if product_count < 1 or product_count > MAX_PRODUCTS then
      error({ err = "CORRUPT views-batch" })
    end
    if not batch then
      error({ err = "CORRUPT views-sequence" })
    end
    return { "batch", batch or false, product_counts(redis.call("HGETALL", views_batch)) or false, previous }
  end

  local views = product_counts(redis.call("HRANDFIELD", pending_views, limit_digits, "WITHVALUES"))
  if #views == 0 then
    return "empty"
  end
  local products = {}
  -- at most 100 products
  for position = 1, #views, 2 do
    products[#products + 1] = views[position]
  end

  -- From lua/lib/next_number.lua:
  --- Returns a number above the last one, for fences and batches.
  local function next_number(last)
    local clock = redis.call("TIME")
    local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
    return math.max(now_us, (last or 0) + 1)
  end
  local new_batch = next_number(batch)
  redis.call("SET", views_sequence, new_batch)
  -- at most 200 texts
  redis.call("HSET", views_batch, unpack(views))
  if batch then
    redis.call("HSET", views_batch, PREVIOUS, batch)
  end
  -- at most 100 products
  redis.call("HDEL", pending_views, unpack(products))
  return { "batch", new_batch or false, views or false, batch }
end
`;
