// price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `price.set`. */
export interface PriceSetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 3 to 3 bytes. */
  readonly currency: string;
  /** Which of a product's prices an event sets. */
  readonly kind: types.PriceKind;
  /**
   * Money in the currency's smallest unit: pence, cents, yen. Minor units of the currency, 0 to
   * 1,000,000,000,000.
   */
  readonly amountMinor: number;
  /**
   * Of a sale: the first instant at which it holds; absent: it has always held. Milliseconds since
   * 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
   */
  readonly startsAtMs?: number | undefined;
  /**
   * Of a sale: the first instant at which it no longer holds; absent: it holds for good.
   * Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
   */
  readonly endsAtMs?: number | undefined;
  /** The event's number in its kind; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
}

/** Reply of `price.set`: `outcome` says what happened. */
export type PriceSetReply =
  | {
      /**
       * - `applied`
       * - `repeated`
       * - `stale`
       */
      readonly outcome: "applied" | "repeated" | "stale";
    };

/** The function of `price.set`. A tenant's `price` has it. */
export interface PriceSetOperation {
  /**
   * Sets a product's base or sale price in one currency.
   *
   * Each kind has its own stream of events. One already applied, or older than the latest of its
   * kind, changes nothing. A sale is ended early by a later event whose window is over.
   *
   * Outcomes:
   * - `applied`
   * - `repeated`
   * - `stale`
   *
   * Units: `amountMinor` in minor units of the currency; `startsAtMs`, `endsAtMs` in milliseconds
   * since 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. The sequence makes a second run change nothing.
   *
   * Lua source: `lua/price/set.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A base price is set.
   * const reply = await acme.price.set({
   *   product: "product-1",
   *   currency: "EUR",
   *   kind: "base",
   *   amountMinor: 1999,
   *   sequence: 3,
   * });
   * // reply: { outcome: "applied" }
   * ```
   */
  set(args: PriceSetArgs, options?: CallOptions): Promise<PriceSetReply>;
}

/** The script `price.set`, as a client loads and calls it. */
export const priceSet: Script<PriceSetArgs, PriceSetReply> = {
  name: "price.set",
  version: "1.0.0",
  digest: "f4c843d18e38e589dd9bf7a992d582960ed93baa",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:price:<currency>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.price(scope, args.product, args.currency)],
      args: [
        argument.kind.encode("kind", args.kind),
        argument.amountMinor.encode("amountMinor", args.amountMinor),
        argument.startsAtMs.encode("startsAtMs", args.startsAtMs),
        argument.endsAtMs.encode("endsAtMs", args.endsAtMs),
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
};

/** How each argument is encoded, with its bounds. */
const argument = {
  kind: types.priceKind,
  amountMinor: types.minorUnits,
  startsAtMs: optional(types.epochMs),
  endsAtMs: optional(types.epochMs),
  sequence: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale"]),
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
  "lua/price/set.lua": {
    43: 5, 44: 6, 47: 45, 48: 46, 49: 47, 50: 48, 51: 49, 52: 50, 53: 51, 55: 53, 56: 54, 57: 55, 58: 56,
    59: 57, 60: 58, 61: 59, 62: 60, 64: 62, 65: 63, 66: 64, 67: 65, 68: 66, 69: 67,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/price/set.lua:
-- A sale without a start has always run, one without an end runs for good.
local ALWAYS_MS = 0
local NEVER_MS = 8640000000000000

--- Sets a product's base or sale price in one currency.
local function set(price, kind, amount_minor, starts_at_ms, ends_at_ms, sequence)
  if kind == "base" and (starts_at_ms or ends_at_ms) then
    misuse("price.set starts_at_ms, ends_at_ms: this kind of price has no window")
  end
  if starts_at_ms and ends_at_ms and ends_at_ms <= starts_at_ms then
    misuse("price.set ends_at_ms: a window ends after it starts")
  end

  local sequence_field = kind .. "_seq"
  local latest = stored_integer(redis.call("HGET", price, sequence_field), sequence_field)
  if latest and sequence == latest then
    return "repeated"
  end
  if latest and sequence < latest then
    return "stale"
  end

  redis.call("HSET", price, kind, amount_minor, sequence_field, sequence)
  if kind == "sale" then
    redis.call("HSET", price, "sale_starts", starts_at_ms or ALWAYS_MS, "sale_ends", ends_at_ms or NEVER_MS)
  end
  return "applied"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT price.set " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

if #KEYS ~= 1 or #ARGV ~= 5 then
  return redis.error_reply("ARGUMENT price.set expected 1 key and 5 arguments")
end
local arg_kind = wrapper_read_choice("kind", ARGV[1], { ["base"] = true, ["sale"] = true })
local arg_amount_minor = wrapper_read_integer("amount_minor", ARGV[2], 0, 1000000000000)
local arg_starts_at_ms = wrapper_read_optional(ARGV[3], function(text)
  return wrapper_read_integer("starts_at_ms", text, 0, 8640000000000000)
end)
local arg_ends_at_ms = wrapper_read_optional(ARGV[4], function(text)
  return wrapper_read_integer("ends_at_ms", text, 0, 8640000000000000)
end)
local arg_sequence = wrapper_read_integer("sequence", ARGV[5], 0, 9007199254740991)
local reply_outcome = set(KEYS[1], arg_kind, arg_amount_minor, arg_starts_at_ms, arg_ends_at_ms, arg_sequence)
return { reply_outcome }
`;
