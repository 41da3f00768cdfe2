#!lua flags=allow-oom
-- views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT views.ack expected 2 keys and 1 argument" }
end
local arg_batch = tonumber(ARGV[1])
if not arg_batch or arg_batch < 0 or arg_batch > 9007199254740991 or arg_batch % 1 ~= 0 then
  return { err = "ARGUMENT views.ack batch: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/views/ack.lua:
--- Acknowledges a batch of views that is in the database: take no longer returns it.
do
  local views_batch, views_sequence, batch = KEYS[1], KEYS[2], arg_batch
  local last_batch = stored_integer(redis.call("GET", views_sequence), "views-sequence") or 0
  if batch < 1 or batch > last_batch then
    return "unknown"
  end
  if batch == last_batch then
    -- Type check only: WRONGTYPE must come before the first write, and DEL accepts every type.
    redis.call("HLEN", views_batch)
    redis.call("DEL", views_batch)
  end
  return "acked"
end
