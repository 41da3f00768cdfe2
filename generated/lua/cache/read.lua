#!lua flags=allow-oom
-- cache.read 1.0.0. Generated from lua/cache/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 4 then
  return { err = "ARGUMENT cache.read expected 3 keys and 4 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.read fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.read fill_id: expected no control characters and no braces" }
end
local arg_lease_ms_digits = ARGV[2]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT cache.read lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_replaces = ARGV[3]
if arg_replaces == "" then
  arg_replaces = nil
else
  if #arg_replaces < 12 or #arg_replaces > 12 then
    return { err = "ARGUMENT cache.read replaces: expected 12 to 12 bytes" }
  end
  if string.find(arg_replaces, "[%c{}]") then
    return { err = "ARGUMENT cache.read replaces: expected no control characters and no braces" }
  end
end
local arg_waits = ARGV[4]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT cache.read waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

-- From lua/cache/read.lua:
--- Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
do
  local cache_entry, cache_lease, cache_block, fill_id, lease_ms, replaces, waits, lease_ms_digits =
    KEYS[1], KEYS[2], KEYS[3], arg_fill_id, arg_lease_ms, arg_replaces, arg_waits, arg_lease_ms_digits
  check_hex("fill_id", fill_id)
  local stored = redis.call("GET", cache_entry)
  local outcome = "absent"
  if stored then
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
    local fresh_until_ms, stored_id = entry_head(stored)
    if not fresh_until_ms then
      return "foreign"
    end
    if stored_id == replaces then
      stored = nil
    else
      -- From lua/lib/now_ms.lua:
      --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
      local function now_ms()
        local clock = redis.call("TIME")
        return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
      end
      local fresh_for_ms = fresh_until_ms - now_ms()
      if fresh_for_ms > 0 then
        return { "fresh", stored or false, fresh_for_ms }
      end
      outcome = "stale"
    end
  end

  if redis.call("HLEN", cache_block) > 0 then
    return { outcome, stored or nil or false, false, "blocked" }
  end
  local held = redis.call("SET", cache_lease, fill_id, "NX", "GET", "PX", lease_ms_digits)
  if not held then
    return { outcome, stored or nil or false, false, "granted" }
  end
  -- From lua/lib/cache/lease_of.lua:
  --- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
  local function lease_of(stored)
    if not stored then
      return nil, false
    end
    local fill_id = string.match(stored, "^(.*) waited$")
    return fill_id or stored, fill_id ~= nil
  end
  local holder, waited = lease_of(held)
  if waits and not waited then
    redis.call("SET", cache_lease, holder .. " waited", "KEEPTTL")
  end
  return { outcome, stored or nil or false, false, "busy", math.max(redis.call("PTTL", cache_lease), 1) }
end
