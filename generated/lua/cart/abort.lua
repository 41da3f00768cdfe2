#!lua flags=allow-oom
-- cart.abort 1.0.0. Generated from lua/cart/abort.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cart.abort expected 1 key and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT cart.abort fence: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/cart/abort.lua:
--- Aborts an attempt to commit a cart, unless it is committed.
do
  local cart_record, fence = KEYS[1], arg_fence
  local stored = redis.call("HMGET", cart_record, "state", "fence")
  local state, stored_fence = stored[1], stored_integer(stored[2], "fence")
  if not state then
    return "unknown"
  elseif state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif stored_fence ~= fence then
    return "aborted"
  end
  if state == "undecided" then
    redis.call("HSET", cart_record, "state", "aborted")
  end
  return state == "committed" and "committed" or "aborted"
end
