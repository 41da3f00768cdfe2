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
  /** The views to add. At most 100 elements. */
  readonly views: readonly types.ProductViews[];
  /** How long the operation is remembered. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `views.add`: `outcome` says what happened. */
export type ViewsAddReply =
  | {
      /**
       * - `added`: the views are counted.
       * - `repeated`: this operation has counted a list before, and nothing is counted.
       */
      readonly outcome: "added" | "repeated";
    };

/** The function of `views.add`. A tenant's `views` has it. */
export interface ViewsAddOperation {
  /**
   * Counts views of one or more products, once.
   *
   * An operation belongs to one list of views. Another list with the same operation is "repeated",
   * and its views are lost, because the script remembers only the operation. Give each list a new
   * one.
   *
   * Outcomes:
   * - `added`: the views are counted.
   * - `repeated`: this operation has counted a list before, and nothing is counted.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(P), P the given products.
   *
   * Retry: safe within `rememberMs`. Because an operation is counted once; after that, the same
   * call counts as a new one.
   *
   * Lua source: `lua/views/add.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  digest: "2cd41f0dec4b0133a226415c3264f6f95fb8615f",
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
  views: listType(types.productViews, 100),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["added", "repeated"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/views/add.lua": "6:2 45:46 46:46 47-92:46",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/views/add.lua:
-- The upper bound of the type count.
local MAX_VIEWS = 9000000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV < 2 then
  return { err = "ARGUMENT views.add expected 2 keys and at least 2 arguments" }
end
local wrapper_position
local arg_views = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT views.add views: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 2 + 2 * wrapper_count then
    return { err = "ARGUMENT views.add expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_product = ARGV[2 * index]
    if field_product == "" or #field_product > 256 then
      return { err = "ARGUMENT views.add views.product: expected 1 to 256 bytes" }
    end
    if string.find(field_product, "[%c{}]") then
      return { err = "ARGUMENT views.add views.product: expected no control characters and no braces" }
    end
    local field_count = tonumber(ARGV[1 + 2 * index])
    if not field_count or field_count < 1 or field_count > 9000000000000000 or field_count % 1 ~= 0 then
      return { err = "ARGUMENT views.add views.count: expected a whole number from 1 to 9000000000000000" }
    end
    arg_views[index] = { product = field_product, count = field_count }
  end
  wrapper_position = 1 + 2 * wrapper_count
end
local arg_remember_ms_digits = ARGV[wrapper_position + 1]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT views.add remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Counts views of one or more products, once.
do
  local pending_views, views_operation, views, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], arg_views, arg_remember_ms, arg_remember_ms_digits
  if #views == 0 then
    return "added"
  end
  -- A product may be given twice.
  local products, counts, distinct = {}, {}, 0
  -- at most 100 products
  for index = 1, #views do
    local view = views[index]
    local product = view.product
    local count = counts[product]
    if not count then
      count = 0
      distinct = distinct + 1
      products[distinct] = product
    end
    counts[product] = count + view.count
  end

  -- at most 100 products
  local stored = redis.call("HMGET", pending_views, unpack(products))
  local totals = {}
  -- at most 100 products
  for position = 1, distinct do
    local product = products[position]
    local before = tonumber(stored[position] or "0")
    if not before or before % 1 ~= 0 or before < 0 or before > MAX_VIEWS then
      error({ err = "CORRUPT views of a product" })
    end
    local total = before + counts[product]
    if total > MAX_VIEWS then
      if redis.call("GET", views_operation) then
        return "repeated"
      end
      error({ err = "ARGUMENT views.add views: the views of a product stay below 9 * 10^15" })
    end
    totals[2 * position - 1], totals[2 * position] = product, string.format("%d", total)
  end

  if redis.call("SET", views_operation, "counted", "NX", "GET", "PX", remember_ms_digits) then
    return "repeated"
  end
  -- at most 200 texts
  redis.call("HSET", pending_views, unpack(totals))
  return "added"
end
`;
