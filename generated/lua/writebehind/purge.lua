#!lua flags=allow-oom
-- writebehind.purge 1.0.0. Generated from lua/writebehind/purge.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 5 or #ARGV ~= 1 then
  return { err = "ARGUMENT writebehind.purge expected 5 keys and 1 argument" }
end
local arg_sequence = tonumber(ARGV[1])
if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.purge sequence: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/writebehind/purge.lua:
--- Discards all queued and dead writes of a shard: they never reach the database.
do
  local write_queue, write_values, write_state, write_dead, write_dead_records, sequence =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_sequence
  local state = redis.call("HMGET", write_state, "sequence", "batch_bytes")
  local last = stored_integer(state[1], "write-state") or 0
  local batch_bytes = stored_integer(state[2], "write-state") or 0
  if last ~= sequence then
    return "changed"
  end
  -- The hashes have the writes, even if a list of names is lost.
  local queued = redis.call("HLEN", write_values)
  local dead = redis.call("HLEN", write_dead_records)
  -- Type check only: WRONGTYPE must come before the first write, and UNLINK accepts every type.
  redis.call("LLEN", write_queue)
  redis.call("ZCARD", write_dead)
  redis.call("HSET", write_state, "bytes", string.format("%d", batch_bytes))
  redis.call("UNLINK", write_queue)
  redis.call("UNLINK", write_values)
  redis.call("UNLINK", write_dead)
  redis.call("UNLINK", write_dead_records)
  return { "purged", queued or false, dead }
end
