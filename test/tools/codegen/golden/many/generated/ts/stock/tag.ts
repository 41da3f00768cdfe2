// stock.tag 1.0.0. Generated from lua/stock/tag.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.tag`. */
export interface StockTagArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Names one thing. 1 to 64 bytes. */
  readonly text: string;
  /** How often; as before if it is absent. Units, 0 to 1,000,000. */
  readonly times?: number | undefined;
}

/** Reply of `stock.tag`: `outcome` says what happened. */
export type StockTagReply =
  | {
      /** `set` */
      readonly outcome: "set";
      /** Things on a shelf. Units, 0 to 1,000,000. It may be absent. */
      readonly times: number | undefined;
    }
  | {
      /** `refused`: the text is "none". */
      readonly outcome: "refused";
    };

/** The function of `stock.tag`. A tenant's `stock` has it. */
export interface StockTagOperation {
  /**
   * Sets what a shop says of a product, and how often.
   *
   * Outcomes:
   * - `set`
   * - `refused`: the text is "none".
   *
   * Units: `times` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The same text is set again.
   *
   * Lua source: `lua/stock/tag.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A label is set.
   * const reply = await acme.stock.tag({ product: "product-1", text: "lamp", times: 3 });
   * // reply: { outcome: "set", times: 3 }
   * ```
   */
  readonly tag: {
    (args: StockTagArgs, options?: CallOptions): Promise<StockTagReply>;
    /**
     * Makes many calls of `tag` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockTagArgs[], options?: CallOptions): Promise<ManyResult<StockTagReply>[]>;
  };
}

/** The script `stock.tag`, as a client loads and calls it. */
export const stockTag: ManyScript<StockTagArgs, StockTagReply> = {
  name: "stock.tag",
  version: "1.0.0",
  digest: "82596fbe230a99ddcf4a15169f0a853ac5fb8b10",
  writes: true,
  resend: "safe",
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
        argument.text.encode("text", args.text),
        argument.times.encode("times", args.times),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "set":
        return {
          outcome,
          times: field.times.decode("times", fields[1]),
        };
      case "refused":
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
  many: {
    limit: 100,
    width: 2,
    digest: "2a38535aaf4401496569fe6181f292204cfb1848",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:label");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      call.args.text(argument.text.encode("text", args.text));
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
  text: types.id,
  times: optional(types.units),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set", "refused"]),
  times: optional(types.units),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/tag.lua": "24:30 25-35:30",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.tag 1.0.0. Generated from lua/stock/tag.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.tag expected 2 keys and 2 arguments" }
end
local arg_text = ARGV[1]
if arg_text == "" or #arg_text > 64 then
  return { err = "ARGUMENT stock.tag text: expected 1 to 64 bytes" }
end
if string.find(arg_text, "[%c{}]") then
  return { err = "ARGUMENT stock.tag text: expected no control characters and no braces" }
end
local arg_times = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_times or arg_times < 0 or arg_times > 1000000 or arg_times % 1 ~= 0 then
    return { err = "ARGUMENT stock.tag times: expected a whole number from 0 to 1000000" }
  end
end

-- From lua/stock/tag.lua:
--- Sets what a shop says of a product, and how often.
do
  local label, stock, text, times = KEYS[1], KEYS[2], arg_text, arg_times
  if text == "none" then
    return "refused"
  end
  redis.call("HLEN", stock)
  if times then
    redis.call("HSET", stock, "total", times)
  end
  redis.call("SET", label, text)
  return { "set", times }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/stock/tag.lua": "42:30 43-53:30",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.tag 1.0.0. Generated from lua/stock/tag.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT stock.tag expected 1 to 100 calls, each with 2 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_text = wrapper_argv[wrapper_arguments + 1]
  if arg_text == "" or #arg_text > 64 then
    return { err = "ARGUMENT stock.tag text: expected 1 to 64 bytes" }
  end
  if string.find(arg_text, "[%c{}]") then
    return { err = "ARGUMENT stock.tag text: expected no control characters and no braces" }
  end
  local arg_times = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_times or arg_times < 0 or arg_times > 1000000 or arg_times % 1 ~= 0 then
      return { err = "ARGUMENT stock.tag times: expected a whole number from 0 to 1000000" }
    end
  end

  -- From lua/stock/tag.lua:
  --- Sets what a shop says of a product, and how often.
  do
    local label, stock, text, times = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_text, arg_times
    if text == "none" then
      return "refused"
    end
    redis.call("HLEN", stock)
    if times then
      redis.call("HSET", stock, "total", times)
    end
    redis.call("SET", label, text)
    return "set", times
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
-- all calls as a flat list in MessagePack, 2 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_at = wrapper_at + 2
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
