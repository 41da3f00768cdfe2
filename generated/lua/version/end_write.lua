#!lua
-- version.end_write 1.0.0. Generated from lua/version/end_write.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

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

-- From lua/lib/version/stored_version.lua:
--- Reads a version with its writers.
local function stored_version(version, writer, now)
  -- The fields of 64 writers, `token`, `number`, `sole` and `until`.
  local MAX_FIELDS = 68
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  -- The upper bound of the type write_number.
  local MAX_NUMBER = 9000000000000000
  if redis.call("HLEN", version) > MAX_FIELDS then
    error({ err = "CORRUPT version" })
  end
  local fields = redis.call("HGETALL", version)
  local token, number, sole, others, others_end_ms = nil, 0, nil, 0, now
  local own, ended = "writer:" .. writer, {}
  -- at most 68 fields
  for at = 1, #fields, 2 do
    local name, value = fields[at], fields[at + 1]
    if name == "token" then
      token = value
    elseif name == "sole" then
      sole = value
    elseif name == "number" then
      number = stored_integer(value, "version", 0, MAX_NUMBER) or 0
    elseif name ~= "until" and name ~= own then
      local ends_ms = stored_integer(value, "version", 0, MAX_EPOCH_MS) or 0
      if ends_ms <= now then
        ended[#ended + 1] = name
      else
        others = others + 1
        others_end_ms = math.max(others_end_ms, ends_ms)
      end
    end
  end
  return token, number, sole == writer, others, others_end_ms, ended
end

-- From lua/version/end_write.lua:
-- 7 days, as in version.read.
local KEEP_MS = 604800000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT version.end_write expected 1 key and 3 arguments" }
end
local arg_writer = ARGV[1]
if arg_writer == "" or #arg_writer > 256 then
  return { err = "ARGUMENT version.end_write writer: expected 1 to 256 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT version.end_write writer: expected no control characters and no braces" }
end
local arg_new_token = ARGV[2]
if #arg_new_token < 16 or #arg_new_token > 64 then
  return { err = "ARGUMENT version.end_write new_token: expected 16 to 64 bytes" }
end
if string.find(arg_new_token, "[%c{}]") then
  return { err = "ARGUMENT version.end_write new_token: expected no control characters and no braces" }
end
local arg_number = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if not arg_number or arg_number < 0 or arg_number > 9000000000000000 or arg_number % 1 ~= 0 then
    return { err = "ARGUMENT version.end_write number: expected a whole number from 0 to 9000000000000000" }
  end
end

--- Ends a write of a resource, whether the database has taken it or not. After the last of the writers,
--- the resource has a new version.
do
  local version, writer, new_token, number = KEYS[1], arg_writer, arg_new_token, arg_number
  local now = now_ms()
  local _, known, is_sole, others, others_end_ms, ended = stored_version(version, writer, now)
  if number and number > known then
    redis.call("HSET", version, "number", string.format("%.0f", number))
  end
  if others > 0 then
    redis.call("HSET", version, "until", string.format("%d", others_end_ms))
    ended[#ended + 1] = "token"
  else
    redis.call("HSET", version, "token", new_token)
    ended[#ended + 1] = "until"
  end
  redis.call("PEXPIRE", version, KEEP_MS)
  ended[#ended + 1] = "writer:" .. writer
  ended[#ended + 1] = "sole"
  -- at most 67 fields
  redis.call("HDEL", version, unpack(ended))
  return { others > 0 and "writing" or "replaced", (is_sole and others == 0) and 1 or 0 }
end
