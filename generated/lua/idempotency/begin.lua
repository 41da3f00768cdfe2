#!lua
-- idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

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

local KEPT_AFTER_LEASE_MS = 86400000
local function begin(request, owner, fingerprint, lease_ms)
	local stored = redis.call("HMGET", request, "state", "owner", "fence", "fingerprint", "lease_ends", "reply")
	local state, runner, known_fingerprint, reply = stored[1], stored[2], stored[4], stored[6]
	local fence = stored_integer(stored[3], "fence")
	local lease_ends = stored_integer(stored[5], "lease_ends")
	local now = now_ms()
	if state then
		if known_fingerprint ~= fingerprint then
			return "mismatch"
		end
		if state == "done" then
			if not reply then
				corrupt("reply")
			end
			return "replay", nil, reply
		end
		if state ~= "running" or not lease_ends or not fence then
			corrupt("state")
		end
		if runner ~= owner and now < lease_ends then
			return "busy", nil, nil, lease_ends - now
		end
	end
	local new_fence = next_number(fence)
	local new_lease_ends = now + lease_ms
	if state and runner == owner then
		new_fence = fence
		new_lease_ends = math.max(new_lease_ends, lease_ends)
	end
	redis.call("HSET", request, "state", "running", "owner", owner, "fence", new_fence, "fingerprint", fingerprint)
	redis.call("HSET", request, "lease_ends", new_lease_ends)
	redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
	return "run", new_fence
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT idempotency.begin " .. argument .. ": expected " .. expected
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
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT idempotency.begin expected 1 key and 3 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fingerprint = edge_text("fingerprint", ARGV[2], 1, 128, "[%c{}]", "no control characters and no braces")
local given_lease_ms = edge_integer("lease_ms", ARGV[3], 1, 31622400000)
local reply_outcome, reply_fence, reply_reply, reply_retry_after_ms = begin(KEYS[1], given_owner, given_fingerprint, given_lease_ms)
return {
	reply_outcome,
	edge_absent(reply_fence),
	edge_absent(reply_reply),
	edge_absent(reply_retry_after_ms)
}
