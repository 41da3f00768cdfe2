// stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface ReadArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
}

/**
 * Reply of `stock.read`.
 *
 * unknown: no shelf has reported yet.
 */
export type ReadReply =
  | {
      readonly outcome: "known";
      /** units, 0 to 1000000; over all shelves of the product */
      readonly total: number;
    }
  | {
      readonly outcome: "unknown";
    };

const field = {
  outcome: choiceType(["known", "unknown"]),
  total: types.units,
};

/**
 * Reads how many units of a product there are.
 *
 * @see lua/stock/read.lua
 */
export const read: Script<ReadArgs, ReadReply> = {
  name: "stock.read",
  version: "1.0.0",
  digest: "f65f9e9ef7f62b092d6dcfed285c601c9f3a89db",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
        };
      case "unknown":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/corrupt.lua": { 4: 4, 5: 5, 6: 5 },
    "lua/lib/stored_units.lua": { 10: 8, 11: 9, 12: 10, 14: 12, 15: 13, 16: 14, 18: 16 },
    "lua/stock/read.lua": { 21: 31, 22: 32, 23: 33, 24: 34, 26: 36 },
  },
  lua: `#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

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

local function read(stock)
	local total = stored_units(redis.call("HGET", stock, "total"), "total")
	if not total then
		return "unknown"
	end
	return "known", total
end

local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_total = read(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_total)
}
`,
};
