#!lua flags=allow-oom
-- views.take 1.1.0. Generated from lua/views/take.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/next_number.lua:
--- A number above every earlier one: for fencing tokens and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
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

-- From lua/lib/product_counts.lua:
--- Reads products and their counts, by the products' names in the server's collation.
local function product_counts(fields)
  local views = {}
  -- at most 1001 fields
  for position = 1, #fields, 2 do
    if fields[position] ~= "" then
      views[#views + 1] = {
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

-- From lua/views/take.lua:
local MOST_PRODUCTS = 1000
-- No product has an empty name; in a batch, that field holds the number of the batch before.
local PREVIOUS = ""

--- Takes a numbered batch of counted views, to be written to the database.
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
  if #views == 0 then
    return "empty"
  end
  local new_batch = next_number(batch)
  redis.call("SET", latest, new_batch)
  -- at most 1000 products
  for _, viewed in ipairs(views) do
    redis.call("HSET", taken, viewed.product, viewed.count)
    redis.call("HDEL", live, viewed.product)
  end
  if batch then
    redis.call("HSET", taken, PREVIOUS, batch)
  end
  return "batch", new_batch, views, batch
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.take " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_records(records, fields)
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

if #KEYS ~= 3 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT views.take expected 3 keys and 1 argument")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local reply_outcome, reply_batch, reply_views, reply_previous = take(KEYS[1], KEYS[2], KEYS[3], arg_limit)
return {
  reply_outcome,
  wrapper_encode_optional(reply_batch),
  wrapper_encode_records(reply_views, { "product", "count" }),
  wrapper_encode_optional(reply_previous),
}
