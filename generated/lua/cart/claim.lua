#!lua flags=allow-oom
-- cart.claim 1.0.0. Generated from lua/cart/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- `acme:lamp`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT cart.claim expected 2 keys and 2 arguments" }
end
local arg_due_ms = tonumber(ARGV[1])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.claim due_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_retry_ms = tonumber(ARGV[2])
if not arg_retry_ms or arg_retry_ms < 1 or arg_retry_ms > 31622400000 or arg_retry_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.claim retry_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cart/claim.lua:
--- Takes a cart from the index of its slot, for a worker that finishes what a caller has left.
do
  local cart_record, slot_carts, due_ms, retry_ms = KEYS[1], KEYS[2], arg_due_ms, arg_retry_ms
  local member = slot_member(cart_record)
  local stored = stored_integer(redis.call("ZSCORE", slot_carts, member), "time of a cart")
  local open = stored_integer(redis.call("HGET", cart_record, "open"), "counts of a cart", 0, 100)
  if stored ~= due_ms then
    return "changed"
  elseif not open or open == 0 then
    redis.call("ZREM", slot_carts, member)
    return "finished"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call("ZADD", slot_carts, now_ms() + retry_ms, member)
  return "claimed"
end
