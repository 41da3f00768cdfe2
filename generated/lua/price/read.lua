#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

local MOST_MINOR = 1000000000000
local NEVER_MS = 8640000000000000
local function read(price)
	local stored = redis.call("HMGET", price, "base", "sale", "sale_starts", "sale_ends")
	local base = stored_integer(stored[1], "base", 0, MOST_MINOR)
	local sale = stored_integer(stored[2], "sale", 0, MOST_MINOR)
	local starts = stored_integer(stored[3], "sale_starts")
	local ends = stored_integer(stored[4], "sale_ends")
	if not base then
		return "unknown"
	end
	if not sale then
		return "priced", base, nil, base, false, nil
	end
	if not starts or not ends then
		corrupt("window of a sale")
	end
	local now = now_ms()
	if now < starts then
		return "priced", base, sale, base, false, starts
	elseif now < ends then
		local changes_at = ends
		if ends == NEVER_MS then
			changes_at = nil
		end
		return "priced", base, sale, sale, true, changes_at
	end
	return "priced", base, sale, base, false, nil
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
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT price.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_base_minor, reply_sale_minor, reply_effective_minor, reply_on_sale, reply_changes_at_ms = read(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_base_minor),
	edge_absent(reply_sale_minor),
	edge_absent(reply_effective_minor),
	edge_reply_flag(reply_on_sale),
	edge_absent(reply_changes_at_ms)
}
