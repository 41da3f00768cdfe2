#!lua flags=allow-oom
-- views.take 1.1.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.

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

local function product_counts(fields)
	local views = {}
	for position = 1, # fields, 2 do
		if fields[position] ~= "" then
			views[# views + 1] = {
				product = fields[position],
				count = stored_integer(fields[position + 1], "views of a product", 1),
			}
		end
	end
	table.sort(views, function(one, other)
		return one.product < other.product
	end)
	return views
end

local MOST_PRODUCTS = 1000
local PREVIOUS = ""
local function take(live, taken, latest, limit)
	local batch = stored_integer(redis.call("GET", latest), "views-sequence")
	local held = redis.call("HLEN", taken)
	if held > 0 then
		local before = stored_integer(redis.call("HGET", taken, PREVIOUS), "number of the batch before")
		local products = before and held - 1 or held
		if products < 1 or products > MOST_PRODUCTS or not batch then
			corrupt("views-batch")
		end
		return "batch", batch, product_counts(redis.call("HGETALL", taken)), before
	end
	local views = product_counts(redis.call("HRANDFIELD", live, limit, "WITHVALUES"))
	if # views == 0 then
		return "empty"
	end
	local new_batch = next_number(batch)
	redis.call("SET", latest, new_batch)
	for _, viewed in ipairs(views) do
		redis.call("HSET", taken, viewed.product, viewed.count)
		redis.call("HDEL", live, viewed.product)
	end
	if batch then
		redis.call("HSET", taken, PREVIOUS, batch)
	end
	return "batch", new_batch, views, batch
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.take " .. argument .. ": expected " .. expected
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
local function edge_rows(records, fields)
	if records == nil then
		return false
	end
	local rows = {}
	for index, record in ipairs(records) do
		rows[index] = {}
		for position, field in ipairs(fields) do
			rows[index][position] = record[field]
		end
	end
	return rows
end
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT views.take expected 3 keys and 1 argument")
end
local given_limit = edge_integer("limit", ARGV[1], 1, 1000)
local reply_outcome, reply_batch, reply_views, reply_previous = take(KEYS[1], KEYS[2], KEYS[3], given_limit)
return {
	reply_outcome,
	edge_absent(reply_batch),
	edge_rows(reply_views, {
		"product",
		"count"
	}),
	edge_absent(reply_previous)
}
