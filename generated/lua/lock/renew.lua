#!lua flags=allow-oom
-- lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.

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

local function renew(lock, owner, fence, lease_ms)
	local held = redis.call("HMGET", lock, "owner", "fence")
	if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
		return "lost"
	end
	redis.call("PEXPIRE", lock, lease_ms, "GT")
	return "renewed"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT lock.renew " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT lock.renew expected 1 key and 3 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local given_lease_ms = edge_integer("lease_ms", ARGV[3], 1, 31622400000)
local reply_outcome = renew(KEYS[1], given_owner, given_fence, given_lease_ms)
return {
	reply_outcome
}
