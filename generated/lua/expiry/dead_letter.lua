#!lua flags=allow-oom
-- expiry.dead_letter 1.0.1. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.

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

local LEASE = ""
local function claim_lease(held)
	local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
	if lease_ends and lease_ends >= now_ms() then
		return lease_ends
	end
	return nil
end

local function items_held(held, items)
	local mine = {}
	if # items == 0 then
		return mine
	end
	local positions = redis.call("ZMSCORE", held, unpack(items))
	for index, item in ipairs(items) do
		if positions[index] then
			mine[# mine + 1] = item
		end
	end
	return mine
end

local function dead_letter(processing, dead, reasons, held, items, reason)
	if not claim_lease(held) then
		return "lost"
	end
	redis.call("ZCARD", processing)
	redis.call("ZCARD", dead)
	redis.call("HLEN", reasons)
	local dead_since_ms = now_ms()
	for _, item in ipairs(items_held(held, items)) do
		redis.call("ZADD", dead, dead_since_ms, item)
		redis.call("HSET", reasons, item, reason)
		redis.call("ZREM", processing, item)
		redis.call("ZREM", held, item)
	end
	return "dead_lettered"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.dead_letter " .. argument .. ": expected " .. expected
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
if # KEYS ~= 4 then
	return redis.error_reply("ARGUMENT expiry.dead_letter expected 4 keys")
end
local given_items = edge_list("items", function()
	return edge_text("items", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_reason = edge_text("reason", edge_next(), 1, 1000)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT expiry.dead_letter expected as many arguments as its lists say")
end
local reply_outcome = dead_letter(KEYS[1], KEYS[2], KEYS[3], KEYS[4], given_items, given_reason)
return {
	reply_outcome
}
