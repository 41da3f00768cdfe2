// stock.fetch 1.0.0. Generated from lua/stock/fetch.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, textsOf, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.fetch`. */
export interface StockFetchArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.fetch`: `outcome` says what happened. */
export type StockFetchReply =
  | {
      /** `found` */
      readonly outcome: "found";
      /** A value of a cache as it came: compressed, or in MessagePack. 1 to 1,048,576 bytes. */
      readonly body: Buffer;
      /** How often it was stored. Units, 0 to 1,000,000. */
      readonly times: number;
      /** Names one thing. 1 to 64 bytes. It may be absent. */
      readonly shelf: string | undefined;
      /** A smaller value. 1 to 1,048,576 bytes. It may be absent. */
      readonly preview: Buffer | undefined;
      /** Names one thing. At most 1,000 elements; each 1 to 64 bytes. */
      readonly shelves: readonly string[];
    }
  | {
      /** `unknown`: nothing is stored. */
      readonly outcome: "unknown";
      /** A smaller value. 1 to 1,048,576 bytes. It may be absent. */
      readonly preview: Buffer | undefined;
      /** Names one thing. At most 1,000 elements; each 1 to 64 bytes. */
      readonly shelves: readonly string[];
    };

/** The function of `stock.fetch`. A tenant's `stock` has it. */
export interface StockFetchOperation {
  /**
   * Fetches the value of a label.
   *
   * Outcomes:
   * - `found`
   * - `unknown`: nothing is stored.
   *
   * Units: `times` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/fetch.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A value is found.
   * const reply = await acme.stock.fetch({ product: "product-1" });
   * // reply: {
   * //   outcome: "found",
   * //   body: Buffer.from("a b"),
   * //   times: 3,
   * //   preview: Buffer.from("small"),
   * //   shelves: ["a1"],
   * // }
   * ```
   */
  readonly fetch: {
    (args: StockFetchArgs, options?: CallOptions): Promise<StockFetchReply>;
    /**
     * Makes many calls of `fetch` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 10 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockFetchArgs[], options?: CallOptions): Promise<ManyResult<StockFetchReply>[]>;
  };
}

/** The script `stock.fetch`, as a client loads and calls it. */
export const stockFetch: ManyScript<StockFetchArgs, StockFetchReply> = {
  name: "stock.fetch",
  version: "1.0.0",
  digest: "bb7aa88903bc51ac11cfb06772e6e1ef469d5d67",
  writes: false,
  resend: "safe",
  repliesBytes: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.label(scope, args.product),
        keys.stock(scope, args.product),
      ],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", textsOf(fields[0]));
    switch (outcome) {
      case "found":
        return {
          outcome,
          body: field.body.decode("body", fields[1]),
          times: field.times.decode("times", textsOf(fields[2])),
          shelf: field.shelf.decode("shelf", textsOf(fields[3])),
          preview: field.preview.decode("preview", fields[4]),
          shelves: field.shelves.decode("shelves", textsOf(fields[5])),
        };
      case "unknown":
        return {
          outcome,
          preview: field.preview.decode("preview", fields[4]),
          shelves: field.shelves.decode("shelves", textsOf(fields[5])),
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 10,
    width: 6,
    digest: "6c18f55d1c1fa31074caca21c3e98c2aea447b02",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:label");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["found", "unknown"]),
  body: types.entryBody,
  times: types.units,
  shelf: optional(types.id),
  preview: optional(types.entryBody),
  shelves: listType(types.id, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_units.lua": "6-11:8 17-20:14",
  "lua/lib/corrupt.lua": "14-16:4",
  "lua/stock/fetch.lua": "29:30 30-37:30 38:37 39:37 40:37 41:37 42:37 43:37 44-45:37",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.fetch 1.0.0. Generated from lua/stock/fetch.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    -- From lua/lib/corrupt.lua:
    --- Stops the script before it writes: what is stored is not what the keyspace says.
    local function corrupt(what)
      error({ err = "CORRUPT " .. what })
    end
    corrupt(what)
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.fetch expected 2 keys and 0 arguments" }
end

-- From lua/stock/fetch.lua:
--- Fetches the value of a label.
do
  local label, stock = KEYS[1], KEYS[2]
  local stored = redis.call("HMGET", stock, "total", "shelf", "preview")
  local body = redis.call("GET", label)
  local times = stored_units(stored[1], "total")
  if not body or not times then
    return { "unknown", false, false, false, stored[3] or nil or false, {} }
  end
  return {
    "found",
    body or false,
    times or false,
    stored[2] or nil or false,
    stored[3] or nil or false,
    { "a1" },
  }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/corrupt.lua": "7-9:4",
  "lua/lib/stored_units.lua": "13-22:8",
  "lua/stock/fetch.lua": "38:30 39-46:30 47:37 48:37 49:37 50:37 51-52:37",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- stock.fetch 1.0.0. Generated from lua/stock/fetch.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 10 calls in one run. An error ends only its own call.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 2
if wrapper_calls < 1 or wrapper_calls > 10 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.fetch expected 1 to 10 calls, each with 2 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/stock/fetch.lua:
  --- Fetches the value of a label.
  do
    local label, stock = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2]
    local stored = redis.call("HMGET", stock, "total", "shelf", "preview")
    local body = redis.call("GET", label)
    local times = stored_units(stored[1], "total")
    if not body or not times then
      return "unknown", false, false, false, stored[3] or nil or false, {}
    end
    return "found",
      body or false,
      times or false,
      stored[2] or nil or false,
      stored[3] or nil or false,
      { "a1" }
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
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
