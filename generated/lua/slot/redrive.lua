#!lua
-- slot.redrive 1.0.0. Generated from lua/slot/redrive.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT slot.redrive expected 2 keys and 2 arguments" }
end
local arg_member = ARGV[1]
if #arg_member < 3 or #arg_member > 321 then
  return { err = "ARGUMENT slot.redrive member: expected 3 to 321 bytes" }
end
if string.find(arg_member, "[%c{}]") then
  return { err = "ARGUMENT slot.redrive member: expected no control characters and no braces" }
end
local arg_since_ms = tonumber(ARGV[2])
if not arg_since_ms or arg_since_ms < 0 or arg_since_ms > 8640000000000000 or arg_since_ms % 1 ~= 0 then
  return { err = "ARGUMENT slot.redrive since_ms: expected a whole number from 0 to 8640000000000000" }
end

-- From lua/slot/redrive.lua:
--- Makes a product due again that was set aside, after its keys were repaired.
do
  local slot_due, slot_dead, member, since_ms = KEYS[1], KEYS[2], arg_member, arg_since_ms
  local stored = redis.call("HGET", slot_dead, member)
  if not stored then
    return "unknown"
  end
  local stored_ms = tonumber(string.match(stored, "^(%d+) ") or "")
  if not stored_ms then
    error({ err = "CORRUPT dead" })
  elseif stored_ms ~= since_ms then
    return "unknown"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  redis.call("ZADD", slot_due, "LT", now, member)
  redis.call("HDEL", slot_dead, member)
  redis.call("PUBLISH", slot_due, string.format("%.0f", now))
  return "redriven"
end
