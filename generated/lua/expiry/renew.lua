#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

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

local LEASE_MEMBER = ""
local MOST_ITEMS = 1000
local function renew(processing, held, lease_ms)
	local runs_until = claim_lease(held)
	if not runs_until then
		return "lost"
	end
	if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
		corrupt("claim of more than 1000 items")
	end
	redis.call("ZCARD", processing)
	local lease_ends = math.max(runs_until, now_ms() + lease_ms)
	for _, item in ipairs(redis.call("ZRANGE", held, 0, - 1)) do
		redis.call("ZADD", processing, "XX", lease_ends, item)
	end
	redis.call("ZADD", held, lease_ends, LEASE_MEMBER)
	redis.call("PEXPIREAT", held, lease_ends)
	return "renewed", lease_ends
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.renew " .. argument .. ": expected " .. expected
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
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.renew expected 2 keys and 1 argument")
end
local given_lease_ms = edge_integer("lease_ms", ARGV[1], 1, 31622400000)
local reply_outcome, reply_lease_ends_ms = renew(KEYS[1], KEYS[2], given_lease_ms)
return {
	reply_outcome,
	edge_absent(reply_lease_ends_ms)
}
