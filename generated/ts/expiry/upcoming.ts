// expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.
import { listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.upcoming`. */
export interface UpcomingArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** milliseconds, 1 to 31622400000; how far to look ahead */
  readonly withinMs: number;
  /** things, 1 to 1000 */
  readonly limit: number;
}

/** Reply of `expiry.upcoming`. */
export interface UpcomingReply {
  /** due_item[] */
  readonly items: readonly types.DueItem[];
}

const argument = {
  withinMs: types.ms,
  limit: types.limit,
};

const field = {
  items: listType(types.dueItem, 1000),
};

/**
 * Lists the items that are due soon, the earliest first; those due already and not yet claimed included.
 *
 * @see lua/expiry/upcoming.lua
 */
export const upcoming: Script<UpcomingArgs, UpcomingReply> = {
  name: "expiry.upcoming",
  version: "1.0.0",
  digest: "d25ebd948171316d36511a3081d55e600d669828",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
  ],
  encode(scope, args) {
    return {
      keys: [keys.due(scope, args.queue)],
      args: [
        argument.withinMs.encode("withinMs", args.withinMs),
        argument.limit.encode("limit", args.limit),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      items: field.items.decode("items", fields[0]),
    };
  },
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/lib/stop.lua": { 9: 6, 10: 9, 11: 10, 12: 10 },
    "lua/lib/corrupt.lua": { 16: 7, 17: 8 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/expiry/upcoming.lua": { 32: 29, 33: 30, 34: 32, 35: 34, 36: 35, 37: 35, 38: 35, 41: 37 },
  },
  lua: `#!lua flags=no-writes
-- expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local MOST_EXACT = 9007199254740991
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

local function upcoming(due, within_ms, limit)
	local found = redis.call("ZRANGE", due, "-inf", now_ms() + within_ms, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
	local items = {}
	for position = 1, # found, 2 do
		items[# items + 1] = {
			item = found[position],
			due_ms = stored_integer(found[position + 1], "due")
		}
	end
	return items
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.upcoming " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_rows(records, fields)
	if records == nil then
		return false
	end
	local rows = {}
	for index, record in ipairs(records) do
		rows[index] = {}
		for position, field in ipairs(fields) do
			rows[index][position] = record[field]
		end
	end
	return rows
end
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT expiry.upcoming expected 1 key and 2 arguments")
end
local given_within_ms = edge_integer("within_ms", ARGV[1], 1, 31622400000)
local given_limit = edge_integer("limit", ARGV[2], 1, 1000)
local reply_items = upcoming(KEYS[1], given_within_ms, given_limit)
return {
	edge_rows(reply_items, {
		"item",
		"due_ms"
	})
}
`,
};
