// views.take 1.1.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.take`. */
export interface TakeArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly shard: string;
  /** things, 1 to 1000; how many products a new batch may hold */
  readonly limit: number;
}

/** Reply of `views.take`. */
export type TakeReply =
  | {
      readonly outcome: "batch";
      /** sequence, 0 to 9007199254740991; its number */
      readonly batch: number;
      /** product_views[]; by the products' names */
      readonly views: readonly types.ProductViews[];
      /** sequence, 0 to 9007199254740991; the number of the batch before; absent for the first one */
      readonly previous: number | undefined;
    }
  | {
      readonly outcome: "empty";
    };

const argument = {
  limit: types.limit,
};

const field = {
  outcome: choiceType(["batch", "empty"]),
  batch: types.sequence,
  views: listType(types.productViews, 1000),
  previous: optional(types.sequence),
};

/**
 * Takes a numbered batch of counted views, to be written to the database.
 *
 * A batch that was not acknowledged is given again, with the same number and the same counts, so that the database can tell whether it has it. Each batch names the one before, so that the database can tell whether it missed one, or whether Redis came back older than the database. Numbers rise, with gaps; after a failover, as far as the servers' clocks agree. New views go on being counted meanwhile; they are in the next batch.
 *
 * @see lua/views/take.lua
 */
export const take: Script<TakeArgs, TakeReply> = {
  name: "views.take",
  version: "1.1.0",
  digest: "ca718d75e443851d0b5528a5857ff2a955a4b536",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<shard>}:views",
    "<namespace>:{<tenant>:<shard>}:views-batch",
    "<namespace>:{<tenant>:<shard>}:views-sequence",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.views(scope, args.shard),
        keys.viewsBatch(scope, args.shard),
        keys.viewsSequence(scope, args.shard),
      ],
      args: [argument.limit.encode("limit", args.limit)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "batch":
        return {
          outcome,
          batch: field.batch.decode("batch", fields[1]),
          views: field.views.decode("views", fields[2]),
          previous: field.previous.decode("previous", fields[3]),
        };
      case "empty":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/next_number.lua": { 15: 9, 16: 10, 17: 11, 18: 12 },
    "lua/lib/stored_integer.lua": { 21: 4, 22: 13, 23: 14, 24: 15, 26: 17, 27: 18, 28: 19, 30: 21 },
    "lua/lib/product_counts.lua": { 33: 7, 34: 8, 35: 10, 36: 11, 37: 12, 38: 13, 39: 14, 43: 18, 44: 19, 46: 21 },
    "lua/views/take.lua": { 49: 6, 50: 8, 51: 50, 52: 51, 53: 52, 54: 53, 55: 54, 56: 55, 57: 56, 58: 57, 60: 59, 62: 62, 63: 63, 64: 64, 66: 66, 67: 67, 68: 69, 69: 70, 70: 71, 72: 73, 73: 74, 75: 76 },
  },
  lua: `#!lua flags=allow-oom
-- views.take 1.1.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function next_number(last)
	local clock = redis.call("TIME")
	local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
	return math.max(now_us, (last or 0) + 1)
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

local function product_counts(fields)
	local views = {}
	for position = 1, # fields, 2 do
		if fields[position] ~= "" then
			views[# views + 1] = {
				product = fields[position],
				count = stored_integer(fields[position + 1], "views of a product", 1),
			}
		end
	end
	table.sort(views, function(one, other)
		return one.product < other.product
	end)
	return views
end

local MOST_PRODUCTS = 1000
local PREVIOUS = ""
local function take(live, taken, latest, limit)
	local batch = stored_integer(redis.call("GET", latest), "views-sequence")
	local held = redis.call("HLEN", taken)
	if held > 0 then
		local before = stored_integer(redis.call("HGET", taken, PREVIOUS), "number of the batch before")
		local products = before and held - 1 or held
		if products < 1 or products > MOST_PRODUCTS or not batch then
			corrupt("views-batch")
		end
		return "batch", batch, product_counts(redis.call("HGETALL", taken)), before
	end
	local views = product_counts(redis.call("HRANDFIELD", live, limit, "WITHVALUES"))
	if # views == 0 then
		return "empty"
	end
	local new_batch = next_number(batch)
	redis.call("SET", latest, new_batch)
	for _, viewed in ipairs(views) do
		redis.call("HSET", taken, viewed.product, viewed.count)
		redis.call("HDEL", live, viewed.product)
	end
	if batch then
		redis.call("HSET", taken, PREVIOUS, batch)
	end
	return "batch", new_batch, views, batch
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.take " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
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
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT views.take expected 3 keys and 1 argument")
end
local given_limit = edge_integer("limit", ARGV[1], 1, 1000)
local reply_outcome, reply_batch, reply_views, reply_previous = take(KEYS[1], KEYS[2], KEYS[3], given_limit)
return {
	reply_outcome,
	edge_absent(reply_batch),
	edge_rows(reply_views, {
		"product",
		"count"
	}),
	edge_absent(reply_previous)
}
`,
};
