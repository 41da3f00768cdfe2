#!lua
-- cache.set 1.0.0. Generated from lua/cache/set.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/cache/new_entry.lua:
--- Makes the text of an entry: its header line and its value.
local function new_entry(coding, fill_id, tokens, value, fresh_ms)
  check_hex("fill_id", fill_id)
  if string.find(coding, " ", 1, true) then
    error({ err = "ARGUMENT coding: expected no space" })
  end
  if string.find(tokens, "\n", 1, true) then
    error({ err = "ARGUMENT tokens: expected no line break" })
  end
  return string.format("1%s %013d %s %s\n", coding, now_ms() + fresh_ms, fill_id, tokens) .. value
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 6 then
  return { err = "ARGUMENT cache.set expected 3 keys and 6 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.set fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.set fill_id: expected no control characters and no braces" }
end
local arg_coding = ARGV[2]
if #arg_coding < 2 or #arg_coding > 2 then
  return { err = "ARGUMENT cache.set coding: expected 2 to 2 bytes" }
end
if string.find(arg_coding, "[%c{}]") then
  return { err = "ARGUMENT cache.set coding: expected no control characters and no braces" }
end
local arg_tokens = ARGV[3]
if #arg_tokens < 21 or #arg_tokens > 8192 then
  return { err = "ARGUMENT cache.set tokens: expected 21 to 8192 bytes" }
end
local arg_value = ARGV[4]
if #arg_value > 4194304 then
  return { err = "ARGUMENT cache.set value: expected 0 to 4194304 bytes" }
end
local arg_fresh_ms = tonumber(ARGV[5])
if not arg_fresh_ms or arg_fresh_ms < 0 or arg_fresh_ms > 8640000000000000 or arg_fresh_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.set fresh_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_keep_ms_digits = ARGV[6]
local arg_keep_ms = string.find(arg_keep_ms_digits, "^[1-9]%d*$") and tonumber(arg_keep_ms_digits)
if not arg_keep_ms or arg_keep_ms > 31622400000 then
  return { err = "ARGUMENT cache.set keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/set.lua:
--- Stores a value that the caller has without a load. A load that began before does not replace it.
do
  local cache_entry, cache_lease, cache_block, fill_id, coding, tokens, value, fresh_ms, keep_ms, keep_ms_digits =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    arg_fill_id,
    arg_coding,
    arg_tokens,
    arg_value,
    arg_fresh_ms,
    arg_keep_ms,
    arg_keep_ms_digits
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local is_blocked = redis.call("HLEN", cache_block) > 0
  local entry = new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, is_blocked and "invalidated" or "filled")
  end
  if is_blocked then
    -- The value of the writer may be older than this one.
    redis.call("HDEL", cache_block, "setter")
    redis.call("UNLINK", cache_entry)
    return "blocked"
  end
  redis.call("SET", cache_entry, entry, "PX", keep_ms_digits)
  return "set"
end
