// stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.look`. */
export interface LookArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 64 bytes */
  readonly shelf: string;
}

/**
 * Reply of `stock.look`.
 *
 * full: nothing more fits.
 */
export type LookReply =
  | {
      readonly outcome: "full";
      /** units, 0 to 1000000; on the shelf now */
      readonly quantity: number;
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; when it was changed last */
      readonly changedMs: number | undefined;
      /** flag */
      readonly watched: boolean;
      /** id, 1 to 64 bytes; another shelf to look at */
      readonly next: string | undefined;
    }
  | {
      readonly outcome: "open";
      /** units, 0 to 1000000; on the shelf now */
      readonly quantity: number;
      /** units, 0 to 1000000 */
      readonly room: number;
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; when it was changed last */
      readonly changedMs: number | undefined;
      /** flag */
      readonly watched: boolean;
      /** id, 1 to 64 bytes; another shelf to look at */
      readonly next: string | undefined;
    }
  | {
      readonly outcome: "empty";
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; when it was changed last */
      readonly changedMs: number | undefined;
      /** id, 1 to 64 bytes; another shelf to look at */
      readonly next: string | undefined;
    }
  | {
      readonly outcome: "unknown";
      /** id, 1 to 64 bytes; another shelf to look at */
      readonly next: string | undefined;
    };

const argument = {
  shelf: types.id,
};

const field = {
  outcome: choiceType(["full", "open", "empty", "unknown"]),
  quantity: types.units,
  room: types.units,
  changedMs: optional(types.epochMs),
  watched: types.flag,
  next: optional(types.id),
};

/**
 * Looks at one shelf.
 *
 * A shelf that was never set is unknown. One that holds nothing is empty.
 *
 * @see lua/stock/look.lua
 */
export const look: Script<LookArgs, LookReply> = {
  name: "stock.look",
  version: "1.2.3",
  digest: "1853e82861e40b5071b9c20d230de6ab9feb98dc",
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
  lines: {
    "lua/lib/corrupt.lua": { 4: 4, 5: 5, 6: 5 },
    "lua/lib/stored_units.lua": { 10: 8, 11: 9, 12: 10, 14: 12, 15: 13, 16: 14, 18: 16 },
    "lua/stock/look.lua": { 21: 37, 22: 38, 23: 39, 24: 40, 25: 41, 26: 42, 27: 43, 28: 44, 30: 46, 31: 47, 33: 49, 34: 50, 36: 52 },
  },
  lua: `#!lua flags=no-writes
-- stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.

local function corrupt(what)
	error({
		err = "CORRUPT " .. what
	})
end

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

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.look " .. argument .. ": expected " .. expected
	})
end
local function edge_text(argument, text, least, greatest, forbidden, expected)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, expected)
	end
	return text
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
local function edge_reply_flag(value)
	if value == nil then
		return false
	end
	return value and 1 or 0
end
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.look expected 2 keys and 1 argument")
end
local given_shelf = edge_text("shelf", ARGV[1], 1, 64, "[%c{}]", "no control characters and no braces")
local reply_outcome, reply_quantity, reply_room, reply_changed_ms, reply_watched, reply_next = look(KEYS[1], KEYS[2], given_shelf)
return {
	reply_outcome,
	edge_absent(reply_quantity),
	edge_absent(reply_room),
	edge_absent(reply_changed_ms),
	edge_reply_flag(reply_watched),
	edge_absent(reply_next)
}
`,
};
