#!lua flags=allow-oom
-- cache.expire_tag 1.0.0. Generated from lua/cache/expire_tag.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.expire_tag expected 1 key and 1 argument" }
end
local arg_soft_token = ARGV[1]
if #arg_soft_token < 8 or #arg_soft_token > 8 then
  return { err = "ARGUMENT cache.expire_tag soft_token: expected 8 to 8 bytes" }
end
if string.find(arg_soft_token, "[%c{}]") then
  return { err = "ARGUMENT cache.expire_tag soft_token: expected no control characters and no braces" }
end

-- From lua/cache/expire_tag.lua:
--- Makes all entries with a tag stale: callers get the old values, while each entry is loaded once.
do
  local cache_tag, soft_token = KEYS[1], arg_soft_token
  check_hex("soft_token", soft_token)
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "absent"
  end
  -- From lua/lib/cache/stored_tag.lua:
  --- Reads a tag: its token, and the reading of the tenant's clock at its last invalidation.
  local function stored_tag(stored)
    -- The upper bound of the type clock_reading.
    local MAX_READING = 9007199254740991
    local hard, soft, clock = string.match(stored, "^(%x+)%.(%x+) (%S+)$")
    if not hard or #hard ~= 12 or #soft ~= 8 then
      error({ err = "CORRUPT cache tag" })
    end
    local token = hard .. "." .. soft
    if clock == "-" then
      return token
    end
    local reading = tonumber(clock)
    if not reading or reading % 1 ~= 0 or reading < 1 or reading > MAX_READING then
      error({ err = "CORRUPT cache tag" })
    end
    return token, reading
  end
  local token = stored_tag(stored)
  redis.call("SET", cache_tag, string.sub(token, 1, 13) .. soft_token .. " -", "KEEPTTL")
  return "expired"
end
