#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/price/read.lua:
-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- The end of a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000
-- 50 sales make at most 99 lines.
local MAX_LINES = 99

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 100 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read expected 1 to 100 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Reads the price of a product in one currency: the base price, the effective price, and the sale
  --- that is on.
  do
    local price = KEYS[wrapper_keys + 1]
    local stored = redis.call("HMGET", price, "base", "calendar")
    local base, calendar = tonumber(stored[1]), stored[2]
    if not stored[1] then
      return "unknown"
    end
    if not base or base % 1 ~= 0 or base < 0 or base > MAX_MINOR_UNITS then
      error({ err = "CORRUPT base" })
    end
    if not calendar then
      return "priced", base or false, base or false, 0
    end

    local now = now_ms()
    local position = 1
    -- at most 99 lines
    for _ = 1, MAX_LINES do
      local _, line_end, from, to, amount, sale =
        string.find(calendar, "^(%d+) (%d+) (%d+) (%C+)\n", position)
      local starts_at, ends_at, sale_minor = tonumber(from), tonumber(to), tonumber(amount)
      if not line_end or starts_at >= ends_at or ends_at > NEVER_MS or sale_minor > MAX_MINOR_UNITS then
        error({ err = "CORRUPT calendar" })
      end
      if now < ends_at and sale_minor < base then
        if now < starts_at then
          return "priced", base or false, base or false, 0, false, starts_at
        end
        return "priced",
          base or false,
          sale_minor or false,
          1,
          sale or false,
          ends_at < NEVER_MS and ends_at or nil
      end
      position = line_end + 1
      if position > #calendar then
        return "priced", base or false, base or false, 0
      end
    end
    error({ err = "CORRUPT calendar" })
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
