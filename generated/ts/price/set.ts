// price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `price.set`. */
export interface PriceSetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 3 to 3 bytes. */
  readonly currency: string;
  /** The new base price. Minor units of the currency, 0 to 1,000,000,000,000. */
  readonly amountMinor: number;
  /**
   * The event's number among the base prices of this product and currency; higher is later. 0 to
   * 9,007,199,254,740,991.
   */
  readonly sequence: number;
}

/** Reply of `price.set`: `outcome` says what happened. */
export type PriceSetReply =
  | {
      /**
       * - `applied`: the price is set.
       * - `repeated`: the sequence equals the latest one.
       * - `stale`: it is lower.
       */
      readonly outcome: "applied" | "repeated" | "stale";
    };

/** The function of `price.set`. A tenant's `price` has it. */
export interface PriceSetOperation {
  /**
   * Sets a product's base price in one currency.
   *
   * An event whose sequence is not above the latest one changes nothing.
   *
   * Outcomes:
   * - `applied`: the price is set.
   * - `repeated`: the sequence equals the latest one.
   * - `stale`: it is lower.
   *
   * Units: `amountMinor` in minor units of the currency.
   *
   * Cost: O(1).
   *
   * Retry: safe. For ever, because the latest sequence stays stored and no call with a lower or
   * equal one changes anything.
   *
   * Lua source: `lua/price/set.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A base price is set.
   * const reply = await acme.price.set({
   *   product: "product-1",
   *   currency: "EUR",
   *   amountMinor: 1999,
   *   sequence: 3,
   * });
   * // reply: { outcome: "applied" }
   * ```
   */
  readonly set: {
    (args: PriceSetArgs, options?: CallOptions): Promise<PriceSetReply>;
    /**
     * Makes many calls of `set` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly PriceSetArgs[], options?: CallOptions): Promise<ManyResult<PriceSetReply>[]>;
  };
}

/** The script `price.set`, as a client loads and calls it. */
export const priceSet: ManyScript<PriceSetArgs, PriceSetReply> = {
  name: "price.set",
  version: "1.0.0",
  digest: "ceddbd2eec341977d91405badc5dc11c65f3ad75",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:price:<currency>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.price(scope, args.product, args.currency)],
      args: [
        argument.amountMinor.encode("amountMinor", args.amountMinor),
        argument.sequence.encode("sequence", args.sequence),
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
  many: {
    limit: 100,
    width: 1,
    digest: "4cbec361a155a861928e9ca9320e276d7145bd43",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:price:");
      types.currency.writeKeyPart(call, "currency", args.currency);
      call.endKey();
      call.args.text(argument.amountMinor.encode("amountMinor", args.amountMinor));
      call.args.text(argument.sequence.encode("sequence", args.sequence));
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
  amountMinor: types.minorUnits,
  sequence: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/price/set.lua": "40:39 41:39 42-52:39",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT price.set expected 1 key and 2 arguments" }
end
local arg_amount_minor_digits = ARGV[1]
local arg_amount_minor = (
  arg_amount_minor_digits == "0" or string.find(arg_amount_minor_digits, "^[1-9]%d*$")
) and tonumber(arg_amount_minor_digits)
if not arg_amount_minor or arg_amount_minor > 1000000000000 then
  return { err = "ARGUMENT price.set amount_minor: expected a whole number from 0 to 1000000000000" }
end
local arg_sequence_digits = ARGV[2]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT price.set sequence: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/price/set.lua:
--- Sets a product's base price in one currency.
do
  local price, amount_minor, sequence, amount_minor_digits, sequence_digits =
    KEYS[1], arg_amount_minor, arg_sequence, arg_amount_minor_digits, arg_sequence_digits
  local last_sequence = stored_integer(redis.call("HGET", price, "base_seq"), "base_seq")
  if last_sequence and sequence == last_sequence then
    return "repeated"
  end
  if last_sequence and sequence < last_sequence then
    return "stale"
  end
  redis.call("HSET", price, "base", amount_minor_digits, "base_seq", sequence_digits)
  return "applied"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "8-19:9",
  "lua/price/set.lua": "52:39 53:39 54-64:39",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT price.set expected 1 to 100 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_amount_minor_digits = wrapper_argv[wrapper_arguments + 1]
  local arg_amount_minor = (
    arg_amount_minor_digits == "0" or string.find(arg_amount_minor_digits, "^[1-9]%d*$")
  ) and tonumber(arg_amount_minor_digits)
  if not arg_amount_minor or arg_amount_minor > 1000000000000 then
    return { err = "ARGUMENT price.set amount_minor: expected a whole number from 0 to 1000000000000" }
  end
  local arg_sequence_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
    and tonumber(arg_sequence_digits)
  if not arg_sequence or arg_sequence > 9007199254740991 then
    return { err = "ARGUMENT price.set sequence: expected a whole number from 0 to 9007199254740991" }
  end

  -- From lua/price/set.lua:
  --- Sets a product's base price in one currency.
  do
    local price, amount_minor, sequence, amount_minor_digits, sequence_digits =
      KEYS[wrapper_keys + 1], arg_amount_minor, arg_sequence, arg_amount_minor_digits, arg_sequence_digits
    local last_sequence = stored_integer(redis.call("HGET", price, "base_seq"), "base_seq")
    if last_sequence and sequence == last_sequence then
      return "repeated"
    end
    if last_sequence and sequence < last_sequence then
      return "stale"
    end
    redis.call("HSET", price, "base", amount_minor_digits, "base_seq", sequence_digits)
    return "applied"
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
