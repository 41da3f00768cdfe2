#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

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

local function read(status)
	local stored = redis.call("HMGET", status, "state", "started", "ended", "note")
	local state = stored[1]
	if not state then
		return "never"
	end
	if state ~= "running" and state ~= "done" and state ~= "failed" then
		corrupt("state")
	end
	local started = stored_integer(stored[2], "started")
	local ended = stored_integer(stored[3], "ended")
	if not started then
		corrupt("started")
	elseif state == "running" then
		return "running", started, math.max(now_ms() - started, 0)
	elseif not ended then
		corrupt("ended")
	end
	local ran_ms = math.max(ended - started, 0)
	if state == "done" then
		return "done", started, ran_ms, stored[4] or nil
	end
	return "failed", started, ran_ms, stored[4] or nil
end

local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT job.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_started_ms, reply_ran_ms, reply_note = read(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_started_ms),
	edge_absent(reply_ran_ms),
	edge_absent(reply_note)
}
