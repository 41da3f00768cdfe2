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
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
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
  digest: "dd1e7c1c9d59507721efaa7bb00c1eccfdfa4e29",
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

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/corrupt.lua": {
    6: 4, 7: 5, 8: 6,
  },
  "lua/lib/stored_units.lua": {
    12: 8, 13: 9, 14: 10, 15: 11, 16: 12, 17: 13, 18: 14, 19: 15, 20: 16, 21: 17,
  },
  "lua/stock/look.lua": {
    25: 37, 26: 38, 27: 39, 28: 40, 29: 41, 30: 42, 31: 43, 32: 44, 33: 45, 34: 46, 35: 47, 36: 48, 37: 49,
    38: 50, 39: 51, 40: 52, 41: 53,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/look.lua:
--- Looks at one shelf.
local function look(stock, changes, shelf)
  local stored = redis.call("HMGET", stock, shelf, "after:" .. shelf)
  local quantity = stored_units(stored[1], "level")
  local next_shelf = stored[2] or nil
  local changed = redis.call("ZSCORE", changes, shelf)
  local changed_ms = changed and string.find(changed, "^%d+$") and tonumber(changed) or nil
  if not quantity then
    return "unknown", nil, nil, nil, nil, next_shelf
  end
  if quantity == 0 then
    return "empty", nil, nil, changed_ms, nil, next_shelf
  end
  if quantity == 1000000 then
    return "full", quantity, nil, changed_ms, changed_ms ~= nil, next_shelf
  end
  return "open", quantity, 1000000 - quantity, changed_ms, changed_ms ~= nil, next_shelf
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
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
local reply_outcome, reply_quantity, reply_room, reply_changed_ms, reply_watched, reply_next =
  look(KEYS[1], KEYS[2], arg_shelf)
return {
  reply_outcome,
  reply_quantity or false,
  reply_room or false,
  reply_changed_ms or false,
  reply_watched ~= nil and (reply_watched and 1 or 0),
  reply_next or false,
}
`;
