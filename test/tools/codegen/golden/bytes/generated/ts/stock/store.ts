// stock.store 1.0.0. Generated from lua/stock/store.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.store`. */
export interface StockStoreArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** What `fetch` returns. 1 to 1,048,576 bytes. */
  readonly body: Uint8Array;
  /** A checksum of a value. It has always the same length. 4 to 4 bytes. */
  readonly sum: Uint8Array;
  /** A smaller value; as before if it is absent. 1 to 1,048,576 bytes. */
  readonly preview?: Uint8Array | undefined;
  /** Things on a shelf. Units, 0 to 1,000,000. */
  readonly times: number;
}

/** Reply of `stock.store`. */
export interface StockStoreReply {
  /** The value that was replaced. 1 to 1,048,576 bytes. It may be absent. */
  readonly before: Buffer | undefined;
}

/** The function of `stock.store`. A tenant's `stock` has it. */
export interface StockStoreOperation {
  /**
   * Stores the value of a label.
   *
   * Reply:
   * - `before`: The value that was replaced. 1 to 1,048,576 bytes.
   *
   * Units: `times` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The same value is stored again.
   *
   * Lua source: `lua/stock/store.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A value is stored.
   * const reply = await acme.stock.store({
   *   product: "product-1",
   *   body: Buffer.from("a b"),
   *   sum: Buffer.from("aaaa"),
   *   times: 3,
   * });
   * // reply: {  }
   * ```
   */
  readonly store: {
    (args: StockStoreArgs, options?: CallOptions): Promise<StockStoreReply>;
    /**
     * Makes many calls of `store` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 10 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockStoreArgs[], options?: CallOptions): Promise<ManyResult<StockStoreReply>[]>;
  };
}

/** The script `stock.store`, as a client loads and calls it. */
export const stockStore: ManyScript<StockStoreArgs, StockStoreReply> = {
  name: "stock.store",
  version: "1.0.0",
  digest: "7a1dc290d266454ebf9feb65cbf6c51f5daee3ea",
  writes: true,
  resend: "safe",
  takesBytes: true,
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
      args: [
        argument.body.encode("body", args.body),
        argument.sum.encode("sum", args.sum),
        argument.preview.encode("preview", args.preview),
        argument.times.encode("times", args.times),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      before: field.before.decode("before", fields[0]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 10,
    width: 1,
    digest: "a514bcb44d6fa432a81a4e2517f4e787c6a2dc00",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:label");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      call.args.value(argument.body.encode("body", args.body));
      call.args.value(argument.sum.encode("sum", args.sum));
      call.args.value(argument.preview.encode("preview", args.preview));
      call.args.text(argument.times.encode("times", args.times));
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
  body: types.entryBody,
  sum: types.checksum,
  preview: optional(types.entryBody),
  times: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  before: optional(types.entryBody),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/store.lua": "33:29 34:29 35-43:29",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.store 1.0.0. Generated from lua/stock/store.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.store expected 2 keys and 4 arguments" }
end
local arg_body = ARGV[1]
if arg_body == "" or #arg_body > 1048576 then
  return { err = "ARGUMENT stock.store body: expected 1 to 1048576 bytes" }
end
local arg_sum = ARGV[2]
if #arg_sum < 4 or #arg_sum > 4 then
  return { err = "ARGUMENT stock.store sum: expected 4 to 4 bytes" }
end
local arg_preview = ARGV[3]
if arg_preview == "" then
  arg_preview = nil
else
  if arg_preview == "" or #arg_preview > 1048576 then
    return { err = "ARGUMENT stock.store preview: expected 1 to 1048576 bytes" }
  end
end
local arg_times_digits = ARGV[4]
local arg_times = (arg_times_digits == "0" or string.find(arg_times_digits, "^[1-9]%d*$"))
  and tonumber(arg_times_digits)
if not arg_times or arg_times > 1000000 then
  return { err = "ARGUMENT stock.store times: expected a whole number from 0 to 1000000" }
end

-- From lua/stock/store.lua:
--- Stores the value of a label.
do
  local label, stock, body, sum, preview, times, times_digits =
    KEYS[1], KEYS[2], arg_body, arg_sum, arg_preview, arg_times, arg_times_digits
  local before = redis.call("GET", label)
  redis.call("HSET", stock, "total", times_digits, "sum", sum)
  if preview then
    redis.call("HSET", stock, "preview", preview)
  end
  redis.call("SET", label, body)
  return before or nil
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/stock/store.lua": "51:29 52:29 53:29 54:29 55:29 56:29 57:29 58:29 59-67:29",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.store 1.0.0. Generated from lua/stock/store.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 10 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 10
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT stock.store expected 1 to 10 calls, each with 2 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_body = wrapper_argv[wrapper_arguments + 1]
  if arg_body == "" or #arg_body > 1048576 then
    return { err = "ARGUMENT stock.store body: expected 1 to 1048576 bytes" }
  end
  local arg_sum = wrapper_argv[wrapper_arguments + 2]
  if #arg_sum < 4 or #arg_sum > 4 then
    return { err = "ARGUMENT stock.store sum: expected 4 to 4 bytes" }
  end
  local arg_preview = wrapper_argv[wrapper_arguments + 3]
  if arg_preview == "" then
    arg_preview = nil
  else
    if arg_preview == "" or #arg_preview > 1048576 then
      return { err = "ARGUMENT stock.store preview: expected 1 to 1048576 bytes" }
    end
  end
  local arg_times_digits = wrapper_argv[wrapper_arguments + 4]
  local arg_times = (arg_times_digits == "0" or string.find(arg_times_digits, "^[1-9]%d*$"))
    and tonumber(arg_times_digits)
  if not arg_times or arg_times > 1000000 then
    return { err = "ARGUMENT stock.store times: expected a whole number from 0 to 1000000" }
  end

  -- From lua/stock/store.lua:
  --- Stores the value of a label.
  do
    local label, stock, body, sum, preview, times, times_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_body,
      arg_sum,
      arg_preview,
      arg_times,
      arg_times_digits
    local before = redis.call("GET", label)
    redis.call("HSET", stock, "total", times_digits, "sum", sum)
    if preview then
      redis.call("HSET", stock, "preview", preview)
    end
    redis.call("SET", label, body)
    return before or nil
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
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
