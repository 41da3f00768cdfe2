#!lua flags=allow-oom
-- views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.

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

local function ack(taken, latest, batch)
	local current = stored_integer(redis.call("GET", latest), "views-sequence") or 0
	redis.call("HLEN", taken)
	if batch < 1 or batch > current then
		return "unknown"
	end
	if batch == current then
		redis.call("DEL", taken)
	end
	return "acked"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.ack " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT views.ack expected 2 keys and 1 argument")
end
local given_batch = edge_integer("batch", ARGV[1], 0, 9007199254740991)
local reply_outcome = ack(KEYS[1], KEYS[2], given_batch)
return {
	reply_outcome
}
