#!lua flags=allow-oom
-- idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.

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

local function fail(request, owner, fence)
	local stored = redis.call("HMGET", request, "state", "owner", "fence")
	local state, runner = stored[1], stored[2]
	if runner ~= owner or stored_integer(stored[3], "fence") ~= fence or state ~= "running" then
		return "lost"
	end
	redis.call("HDEL", request, "state", "owner", "fingerprint", "lease_ends")
	return "released"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT idempotency.fail " .. argument .. ": expected " .. expected
	})
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
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT idempotency.fail expected 1 key and 2 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome = fail(KEYS[1], given_owner, given_fence)
return {
	reply_outcome
}
