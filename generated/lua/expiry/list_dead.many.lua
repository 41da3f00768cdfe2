#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 5 calls in one run. An error ends only its own call.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 3
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 5
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT expiry.list_dead expected 1 to 5 calls, each with 3 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_limit = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
    return { err = "ARGUMENT expiry.list_dead limit: expected a whole number from 1 to 100" }
  end
  local arg_after_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
      return { err = "ARGUMENT expiry.list_dead after_ms: expected a whole number from 0 to 8640000000000000" }
    end
  end
  local arg_after_item = wrapper_argv[wrapper_arguments + 3]
  if arg_after_item == "" then
    arg_after_item = nil
  else
    if arg_after_item == "" or #arg_after_item > 256 then
      return { err = "ARGUMENT expiry.list_dead after_item: expected 1 to 256 bytes" }
    end
    if string.find(arg_after_item, "[%c{}]") then
      return { err = "ARGUMENT expiry.list_dead after_item: expected no control characters and no braces" }
    end
  end

  -- From lua/expiry/list_dead.lua:
  --- Lists dead items with their reasons, the oldest first, one page a call.
  do
    local attempts, dead, reasons, limit, after_ms, after_item =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      arg_limit,
      arg_after_ms,
      arg_after_item
    local first = 0
    if after_ms then
      local after = string.format("%d", after_ms)
      if after_item and redis.call("ZSCORE", dead, after_item) == after then
        first = redis.call("ZRANK", dead, after_item) + 1
      else
        first = redis.call("ZCOUNT", dead, "-inf", "(" .. after)
      end
    end
    local found = redis.call("ZRANGE", dead, first, first + limit - 1, "WITHSCORES")
    local items = {}
    if #found == 0 then
      local reply_items = items
      local wrapper_reply_items = false
      if reply_items then
        wrapper_reply_items = {}
        for index = 1, #reply_items do
          local row = reply_items[index]
          wrapper_reply_items[4 * index - 3] = row.item
          wrapper_reply_items[4 * index - 2] = row.attempts
          wrapper_reply_items[4 * index - 1] = row.reason
          wrapper_reply_items[4 * index] = row.dead_since_ms
        end
      end
      return wrapper_reply_items
    end
    local names = {}
    -- at most 100 items
    for position = 1, #found, 2 do
      names[#names + 1] = found[position]
    end
    -- at most 100 items
    local counts = redis.call("HMGET", attempts, unpack(names))
    -- at most 100 items
    local whys = redis.call("HMGET", reasons, unpack(names))
    -- at most 100 items
    for position = 1, #found, 2 do
      local index = #items + 1
      items[index] = {
        item = found[position],
        attempts = stored_integer(counts[index], "attempts", 1) or 1,
        reason = whys[index] or "unknown",
        dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
      }
    end
    local reply_items = items
    local wrapper_reply_items = false
    if reply_items then
      wrapper_reply_items = {}
      for index = 1, #reply_items do
        local row = reply_items[index]
        wrapper_reply_items[4 * index - 3] = row.item
        wrapper_reply_items[4 * index - 2] = row.attempts
        wrapper_reply_items[4 * index - 1] = row.reason
        wrapper_reply_items[4 * index] = row.dead_since_ms
      end
    end
    return wrapper_reply_items
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
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 3
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
