#!lua
-- cache.touch 1.0.0. Generated from lua/cache/touch.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT cache.touch expected 2 keys and 5 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.touch fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.touch fill_id: expected no control characters and no braces" }
end
local arg_unchanged = ARGV[2]
if #arg_unchanged < 12 or #arg_unchanged > 12 then
  return { err = "ARGUMENT cache.touch unchanged: expected 12 to 12 bytes" }
end
if string.find(arg_unchanged, "[%c{}]") then
  return { err = "ARGUMENT cache.touch unchanged: expected no control characters and no braces" }
end
local arg_tokens = ARGV[3]
if #arg_tokens < 21 or #arg_tokens > 8192 then
  return { err = "ARGUMENT cache.touch tokens: expected 21 to 8192 bytes" }
end
local arg_fresh_ms = tonumber(ARGV[4])
if not arg_fresh_ms or arg_fresh_ms < 0 or arg_fresh_ms > 8640000000000000 or arg_fresh_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.touch fresh_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_keep_ms_digits = ARGV[5]
local arg_keep_ms = string.find(arg_keep_ms_digits, "^[1-9]%d*$") and tonumber(arg_keep_ms_digits)
if not arg_keep_ms or arg_keep_ms > 31622400000 then
  return { err = "ARGUMENT cache.touch keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/touch.lua:
--- Makes an entry fresh again without sending its value, because the source says that it is unchanged.
do
  local cache_entry, cache_lease, fill_id, unchanged, tokens, fresh_ms, keep_ms, keep_ms_digits =
    KEYS[1], KEYS[2], arg_fill_id, arg_unchanged, arg_tokens, arg_fresh_ms, arg_keep_ms, arg_keep_ms_digits
  local holder, waited = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "refused"
  end
  local stored = redis.call("GET", cache_entry)
  if not stored then
    return "absent"
  end
  -- From lua/lib/cache/entry_head.lua:
  --- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
  --- that filled it.
  local function entry_head(stored)
    if string.sub(stored, 1, 1) ~= "1" then
      return nil
    end
    local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
    local fresh_until_ms = tonumber(fresh_until)
    if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
      error({ err = "CORRUPT cache entry" })
    end
    return fresh_until_ms, fill_id
  end
  local _, stored_id = entry_head(stored)
  if stored_id ~= unchanged then
    return "absent"
  end
  local head_end = string.find(stored, "\n", 1, true)
  if not head_end then
    error({ err = "CORRUPT cache entry" })
  end
  local coding, value = string.sub(stored, 2, 3), string.sub(stored, head_end + 1)
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
  redis.call(
    "SET",
    cache_entry,
    new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms)),
    "PX",
    keep_ms_digits
  )
  redis.call("DEL", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "filled")
  end
  return "touched"
end
