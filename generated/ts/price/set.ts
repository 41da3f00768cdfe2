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
  /** The price that the event sets. */
  readonly kind: types.PriceKind;
  /** The new price. Minor units of the currency, 0 to 1,000,000,000,000. */
  readonly amountMinor: number;
  /**
   * The first instant of a sale; absent: the sale has no start. Milliseconds since 1970-01-01 UTC,
   * 0 to 8,640,000,000,000,000.
   */
  readonly startsAtMs?: number | undefined;
  /**
   * The first instant after a sale; absent: the sale has no end. Milliseconds since 1970-01-01 UTC,
   * 0 to 8,640,000,000,000,000.
   */
  readonly endsAtMs?: number | undefined;
  /** The event's number for this kind; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
}

/** Reply of `price.set`: `outcome` says what happened. */
export type PriceSetReply =
  | {
      /**
       * - `applied`: the price is set.
       * - `repeated`: the sequence equals the latest one of its kind.
       * - `stale`: it is lower.
       */
      readonly outcome: "applied" | "repeated" | "stale";
    };

/** The function of `price.set`. A tenant's `price` has it. */
export interface PriceSetOperation {
  /**
   * Sets a product's base or sale price in one currency.
   *
   * Each kind of price has its own sequence of events. An event whose sequence is not above the
   * latest one of its kind changes nothing. To end a sale early, set it again with an end in the
   * past.
   *
   * Outcomes:
   * - `applied`: the price is set.
   * - `repeated`: the sequence equals the latest one of its kind.
   * - `stale`: it is lower.
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
  digest: "f7469db0b618720b14fecdeb6baf749a6febe8f2",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/invalid_argument.lua": {
    18: 8, 19: 9, 20: 10,
  },
  "lua/lib/corrupt.lua": {
    25: 11, 26: 12, 27: 13,
  },
  "lua/lib/stored_integer.lua": {
    31: 4, 35: 14, 36: 15, 37: 16, 38: 17, 39: 18, 40: 19, 41: 20, 42: 21, 43: 22, 44: 23,
  },
  "lua/price/set.lua": {
    48: 5, 50: 7, 97: 48, 98: 48, 99: 48, 100: 48, 101: 48, 102: 48, 103: 48, 104: 48, 105: 48, 106: 48,
    107: 49, 108: 50, 109: 51, 110: 52, 111: 53, 112: 54, 114: 56, 115: 57, 116: 58, 117: 59, 118: 60,
    119: 61, 120: 62, 121: 63, 123: 65, 124: 66, 125: 67, 126: 68, 127: 69, 128: 70,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/invalid_argument.lua:
--- Ends the script with the error ARGUMENT: its arguments contradict each other or stored values.
local function invalid_argument(expected)
  raise("ARGUMENT", expected, 2)
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/price/set.lua:
-- The start of a sale without a start.
local ALWAYS_MS = 0
-- The end of a sale without an end: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 5 then
  return { err = "ARGUMENT price.set expected 1 key and 5 arguments" }
end
local arg_kind = ARGV[1]
if arg_kind ~= "base" and arg_kind ~= "sale" then
  return { err = "ARGUMENT price.set kind: expected one of its choices" }
end
local arg_amount_minor_digits = ARGV[2]
local arg_amount_minor = (
  arg_amount_minor_digits == "0" or string.find(arg_amount_minor_digits, "^[1-9]%d*$")
) and tonumber(arg_amount_minor_digits)
if not arg_amount_minor or arg_amount_minor > 1000000000000 then
  return { err = "ARGUMENT price.set amount_minor: expected a whole number from 0 to 1000000000000" }
end
local arg_starts_at_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_starts_at_ms
    or arg_starts_at_ms < 0
    or arg_starts_at_ms > 8640000000000000
    or arg_starts_at_ms % 1 ~= 0
  then
    return { err = "ARGUMENT price.set starts_at_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_ends_at_ms = tonumber(ARGV[4])
if ARGV[4] ~= "" then
  if
    not arg_ends_at_ms
    or arg_ends_at_ms < 0
    or arg_ends_at_ms > 8640000000000000
    or arg_ends_at_ms % 1 ~= 0
  then
    return { err = "ARGUMENT price.set ends_at_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_sequence_digits = ARGV[5]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT price.set sequence: expected a whole number from 0 to 9007199254740991" }
end

--- Sets a product's base or sale price in one currency.
do
  local price, kind, amount_minor, starts_at_ms, ends_at_ms, sequence, amount_minor_digits, sequence_digits =
    KEYS[1],
    arg_kind,
    arg_amount_minor,
    arg_starts_at_ms,
    arg_ends_at_ms,
    arg_sequence,
    arg_amount_minor_digits,
    arg_sequence_digits
  if kind == "base" and (starts_at_ms or ends_at_ms) then
    invalid_argument("price.set starts_at_ms, ends_at_ms: this kind of price has no start and no end")
  end
  if starts_at_ms and ends_at_ms and ends_at_ms <= starts_at_ms then
    invalid_argument("price.set ends_at_ms: a sale ends after it starts")
  end

  local sequence_field = kind .. "_seq"
  local last_sequence = stored_integer(redis.call("HGET", price, sequence_field), sequence_field)
  if last_sequence and sequence == last_sequence then
    return "repeated"
  end
  if last_sequence and sequence < last_sequence then
    return "stale"
  end

  redis.call("HSET", price, kind, amount_minor_digits, sequence_field, sequence_digits)
  if kind == "sale" then
    redis.call("HSET", price, "sale_starts", starts_at_ms or ALWAYS_MS, "sale_ends", ends_at_ms or NEVER_MS)
  end
  return "applied"
end
`;
