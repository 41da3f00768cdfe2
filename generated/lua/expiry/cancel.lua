#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.

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

local function is_claimed(processing, item)
	local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
	return lease_ends ~= nil and lease_ends >= now_ms()
end

local function cancel(due, processing, attempts, item)
	if is_claimed(processing, item) then
		return "claimed"
	end
	local tracked = redis.call("ZSCORE", due, item)
	local abandoned = redis.call("ZSCORE", processing, item)
	redis.call("HLEN", attempts)
	if not tracked and not abandoned then
		return "missing"
	end
	redis.call("ZREM", due, item)
	redis.call("ZREM", processing, item)
	redis.call("HDEL", attempts, item)
	return "cancelled"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.cancel " .. argument .. ": expected " .. expected
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
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.cancel expected 3 keys and 1 argument")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local reply_outcome = cancel(KEYS[1], KEYS[2], KEYS[3], given_item)
return {
	reply_outcome
}
