#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath. DO NOT EDIT.

local function cancel(due, processing, attempts, item)
	local claimed = redis.call("ZSCORE", processing, item)
	local tracked = redis.call("ZSCORE", due, item)
	local tried = redis.call("HEXISTS", attempts, item)
	if claimed then
		return "claimed"
	end
	if not tracked then
		return "missing"
	end
	redis.call("ZREM", due, item)
	if tried == 1 then
		redis.call("HDEL", attempts, item)
	end
	return "cancelled"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.cancel " .. argument .. ": expected " .. expected
	})
end
local function edge_text(argument, text, least, greatest, forbidden)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, "no character of " .. forbidden)
	end
	return text
end
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.cancel expected 3 keys and 1 argument")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]")
local reply_outcome = cancel(KEYS[1], KEYS[2], KEYS[3], given_item)
return {
	reply_outcome
}
