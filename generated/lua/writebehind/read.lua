#!lua flags=no-writes
-- writebehind.read 1.0.0. Generated from lua/writebehind/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/writebehind/write_of.lua:
--- Reads a stored write: `<sequence> <operation> <key>` with tabs between them, a line break and the
--- value. Names of operations and keys have no control characters.
local function write_of(record, what)
  -- 2^53 - 1, the upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local sequence, operation, key, value_at = string.match(record, "^(%d+)\t([^\t\n]+)\t([^\t\n]+)\n()")
  local number = tonumber(sequence)
  if not number or number > MAX_SEQUENCE then
    error({ err = "CORRUPT " .. what })
  end
  return sequence, operation, key, value_at
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT writebehind.read expected 2 keys and 1 argument" }
end
local arg_key = ARGV[1]
if arg_key == "" or #arg_key > 256 then
  return { err = "ARGUMENT writebehind.read key: expected 1 to 256 bytes" }
end
if string.find(arg_key, "[%c{}]") then
  return { err = "ARGUMENT writebehind.read key: expected no control characters and no braces" }
end

-- From lua/writebehind/read.lua:
--- Reads the newest value of a key that is not acknowledged yet: the queued one, or else the one in
--- flight. A cache asks for it before it asks the database.
do
  local write_values, write_batch, key = KEYS[1], KEYS[2], arg_key
  local queued = redis.call("HGET", write_values, key)
  if queued then
    local _, operation, _, value_at = write_of(queued, "queued write")
    return { "queued", string.sub(queued, value_at) or false, operation }
  end
  local taken = redis.call("HGET", write_batch, key)
  if not taken then
    return "none"
  end
  local _, operation, _, value_at = write_of(taken, "write in flight")
  return { "in_flight", string.sub(taken, value_at) or false, operation }
end
