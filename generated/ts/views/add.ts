// views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.add`. */
export interface AddArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly shard: string;
  /** operation, 1 to 128 bytes; part of the key; the client makes one if there is none */
  readonly operation?: string | undefined;
  /** product_views[] */
  readonly views: readonly types.ProductViews[];
  /** milliseconds, 1000 to 31622400000; how long the operation is known, should it be sent again */
  readonly rememberMs: number;
}

/**
 * Reply of `views.add`.
 *
 * repeated: this operation was counted before.
 */
export type AddReply =
  | {
      readonly outcome: "added" | "repeated";
    };

const argument = {
  views: listType(types.productViews, 1000),
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["added", "repeated"]),
};

/**
 * Counts views of one or more products, once.
 *
 * @see lua/views/add.lua
 */
export const add: Script<AddArgs, AddReply> = {
  name: "views.add",
  version: "1.0.0",
  digest: "318424c6dbdec7acaafba22839d23223bdb06804",
  writes: true,
  resend: "safe",
  durable: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<shard>}:views",
    "<namespace>:{<tenant>:<shard>}:views-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.views(scope, args.shard),
        keys.viewsOperation(scope, args.shard, operation),
      ],
      args: [
        ...argument.views.encode("views", args.views),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/misuse.lua": { 11: 6, 12: 7 },
    "lua/lib/corrupt.lua": { 15: 7, 16: 8 },
    "lua/lib/stored_integer.lua": { 19: 4, 20: 13, 21: 14, 22: 15, 24: 17, 25: 18, 26: 19, 28: 21 },
    "lua/views/add.lua": { 31: 4, 32: 37, 33: 38, 34: 39, 36: 42, 37: 44, 38: 45, 39: 46, 40: 47, 42: 49, 43: 50, 44: 51, 47: 56, 48: 57, 50: 59, 51: 60 },
  },
  lua: `#!lua
-- views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function misuse(expected)
	stop("ARGUMENT", expected, 2)
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

local MOST_VIEWS = 9000000000000000
local function add(live, counted, views, remember_ms)
	if redis.call("GET", counted) then
		return "repeated"
	end
	local totals = {}
	for _, viewed in ipairs(views) do
		local before = totals[viewed.product]
		if not before then
			before = stored_integer(redis.call("HGET", live, viewed.product), "views of a product") or 0
		end
		totals[viewed.product] = before + viewed.count
		if totals[viewed.product] > MOST_VIEWS then
			misuse("views.add views: the views of a product stay below 9 * 10^15")
		end
	end
	for product, total in pairs(totals) do
		redis.call("HSET", live, product, total)
	end
	redis.call("SET", counted, "counted", "PX", remember_ms)
	return "added"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.add " .. argument .. ": expected " .. expected
	})
end
local edge_position = 0
local function edge_next()
	edge_position = edge_position + 1
	return ARGV[edge_position] or ""
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
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
local function edge_list(argument, read)
	local list = {}
	for position = 1, edge_integer(argument, edge_next(), 0, 1000) do
		list[position] = read()
	end
	return list
end
if # KEYS ~= 2 then
	return redis.error_reply("ARGUMENT views.add expected 2 keys")
end
local given_views = edge_list("views", function()
	return {
		product = edge_text("views.product", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces"),
		count = edge_integer("views.count", edge_next(), 1, 9000000000000000)
	}
end)
local given_remember_ms = edge_integer("remember_ms", edge_next(), 1000, 31622400000)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT views.add expected as many arguments as its lists say")
end
local reply_outcome = add(KEYS[1], KEYS[2], given_views, given_remember_ms)
return {
	reply_outcome
}
`,
};
