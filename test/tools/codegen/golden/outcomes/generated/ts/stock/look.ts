// stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.look`. */
export interface StockLookArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Names one thing. 1 to 64 bytes. */
  readonly shelf: string;
}

/** Reply of `stock.look`: `outcome` says what happened. */
export type StockLookReply =
  | {
      /** `full`: nothing more fits. */
      readonly outcome: "full";
      /** On the shelf now. Units, 0 to 1,000,000. */
      readonly quantity: number;
      /**
       * When it was changed last. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. It
       * may be absent.
       */
      readonly changedMs: number | undefined;
      /** Yes or no. */
      readonly watched: boolean;
      /** Another shelf to look at. 1 to 64 bytes. It may be absent. */
      readonly next: string | undefined;
    }
  | {
      /** `open` */
      readonly outcome: "open";
      /** On the shelf now. Units, 0 to 1,000,000. */
      readonly quantity: number;
      /** Things on a shelf. Units, 0 to 1,000,000. */
      readonly room: number;
      /**
       * When it was changed last. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. It
       * may be absent.
       */
      readonly changedMs: number | undefined;
      /** Yes or no. */
      readonly watched: boolean;
      /** Another shelf to look at. 1 to 64 bytes. It may be absent. */
      readonly next: string | undefined;
    }
  | {
      /** `empty` */
      readonly outcome: "empty";
      /**
       * When it was changed last. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. It
       * may be absent.
       */
      readonly changedMs: number | undefined;
      /** Another shelf to look at. 1 to 64 bytes. It may be absent. */
      readonly next: string | undefined;
    }
  | {
      /** `unknown` */
      readonly outcome: "unknown";
      /** Another shelf to look at. 1 to 64 bytes. It may be absent. */
      readonly next: string | undefined;
    };

/** The function of `stock.look`. A tenant's `stock` has it. */
export interface StockLookOperation {
  /**
   * Looks at one shelf.
   *
   * A shelf that was never set is unknown. One that holds nothing is empty.
   *
   * Outcomes:
   * - `full`: nothing more fits.
   * - `open`
   * - `empty`
   * - `unknown`
   *
   * Units: `quantity`, `room` in units; `changedMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/look.lua`, version 1.2.3.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A full shelf.
   * const reply = await acme.stock.look({ product: "product-1", shelf: "a1" });
   * // reply: { outcome: "full", quantity: 1_000_000, watched: false }
   * ```
   */
  look(args: StockLookArgs, options?: CallOptions): Promise<StockLookReply>;
}

/** The script `stock.look`, as a client loads and calls it. */
export const stockLook: Script<StockLookArgs, StockLookReply> = {
  name: "stock.look",
  version: "1.2.3",
  digest: "eebe47c554b543f861e19ea8665d3819e6ad1863",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.changes(scope, args.product),
      ],
      args: [argument.shelf.encode("shelf", args.shelf)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "full":
        return {
          outcome,
          quantity: field.quantity.decode("quantity", fields[1]),
          changedMs: field.changedMs.decode("changedMs", fields[3]),
          watched: field.watched.decode("watched", fields[4]),
          next: field.next.decode("next", fields[5]),
        };
      case "open":
        return {
          outcome,
          quantity: field.quantity.decode("quantity", fields[1]),
          room: field.room.decode("room", fields[2]),
          changedMs: field.changedMs.decode("changedMs", fields[3]),
          watched: field.watched.decode("watched", fields[4]),
          next: field.next.decode("next", fields[5]),
        };
      case "empty":
        return {
          outcome,
          changedMs: field.changedMs.decode("changedMs", fields[3]),
          next: field.next.decode("next", fields[5]),
        };
      case "unknown":
        return {
          outcome,
          next: field.next.decode("next", fields[5]),
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
  shelf: types.id,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["full", "open", "empty", "unknown"]),
  quantity: types.units,
  room: types.units,
  changedMs: optional(types.epochMs),
  watched: types.flag,
  next: optional(types.id),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_units.lua": "6-11:8 17-20:14",
  "lua/lib/corrupt.lua": "14-16:4",
  "lua/stock/look.lua":
    "36:37 37-50:37 51:50 52:50 53:50 54:50 55:50 56:50 57-59:50 60:52 61:52 62:52 63:52 64:52 65:52 " +
    "66-67:52",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.look expected 2 keys and 1 argument" }
end
local arg_shelf = ARGV[1]
if arg_shelf == "" or #arg_shelf > 64 then
  return { err = "ARGUMENT stock.look shelf: expected 1 to 64 bytes" }
end
if string.find(arg_shelf, "[%c{}]") then
  return { err = "ARGUMENT stock.look shelf: expected no control characters and no braces" }
end

-- From lua/stock/look.lua:
--- Looks at one shelf.
do
  local stock, changes, shelf = KEYS[1], KEYS[2], arg_shelf
  local stored = redis.call("HMGET", stock, shelf, "after:" .. shelf)
  local quantity = stored_units(stored[1], "level")
  local next_shelf = stored[2] or nil
  local changed = redis.call("ZSCORE", changes, shelf)
  local changed_ms = changed and string.find(changed, "^%d+$") and tonumber(changed) or nil
  if not quantity then
    return { "unknown", false, false, false, false, next_shelf }
  end
  if quantity == 0 then
    return { "empty", false, false, changed_ms or false, false, next_shelf }
  end
  if quantity == 1000000 then
    return {
      "full",
      quantity or false,
      false,
      changed_ms or false,
      (changed_ms ~= nil) and 1 or 0,
      next_shelf,
    }
  end
  return {
    "open",
    quantity or false,
    1000000 - quantity,
    changed_ms or false,
    (changed_ms ~= nil) and 1 or 0,
    next_shelf,
  }
end
`;
