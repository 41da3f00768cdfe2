#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 3 then
  return { err = "ARGUMENT expiry.list_dead expected 3 keys and 3 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT expiry.list_dead limit: expected a whole number from 1 to 100" }
end
local arg_after_ms = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.list_dead after_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_after_item = ARGV[3]
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
    KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_after_ms, arg_after_item
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
    return { wrapper_reply_items }
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
  return { wrapper_reply_items }
end
