#!lua flags=no-writes
-- stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- From lua/stock/look.lua:
--- Looks at one shelf.
local function look(stock, changes, shelf)
  local stored = redis.call("HMGET", stock, shelf, "after:" .. shelf)
  local quantity = stored_units(stored[1], "level")
  local next_shelf = stored[2] or nil
  local changed = redis.call("ZSCORE", changes, shelf)
  local changed_ms = changed and string.find(changed, "^%d+$") and tonumber(changed) or nil
  if not quantity then
    return "unknown", nil, nil, nil, nil, next_shelf
  end
  if quantity == 0 then
    return "empty", nil, nil, changed_ms, nil, next_shelf
  end
  if quantity == 1000000 then
    return "full", quantity, nil, changed_ms, changed_ms ~= nil, next_shelf
  end
  return "open", quantity, 1000000 - quantity, changed_ms, changed_ms ~= nil, next_shelf
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.look " .. argument .. ": expected " .. expected })
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end

if #KEYS ~= 2 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.look expected 2 keys and 1 argument")
end
local arg_shelf = wrapper_read_text("shelf", ARGV[1], 1, 64, "[%c{}]", "no control characters and no braces")
local reply_outcome, reply_quantity, reply_room, reply_changed_ms, reply_watched, reply_next =
  look(KEYS[1], KEYS[2], arg_shelf)
return {
  reply_outcome,
  wrapper_encode_optional(reply_quantity),
  wrapper_encode_optional(reply_room),
  wrapper_encode_optional(reply_changed_ms),
  wrapper_encode_flag(reply_watched),
  wrapper_encode_optional(reply_next),
}
