#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT price.set expected 1 key and 2 arguments" }
end
local arg_amount_minor_digits = ARGV[1]
local arg_amount_minor = (
  arg_amount_minor_digits == "0" or string.find(arg_amount_minor_digits, "^[1-9]%d*$")
) and tonumber(arg_amount_minor_digits)
if not arg_amount_minor or arg_amount_minor > 1000000000000 then
  return { err = "ARGUMENT price.set amount_minor: expected a whole number from 0 to 1000000000000" }
end
local arg_sequence_digits = ARGV[2]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT price.set sequence: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/price/set.lua:
--- Sets a product's base price in one currency.
do
  local price, amount_minor, sequence, amount_minor_digits, sequence_digits =
    KEYS[1], arg_amount_minor, arg_sequence, arg_amount_minor_digits, arg_sequence_digits
  local last_sequence = stored_integer(redis.call("HGET", price, "base_seq"), "base_seq")
  if last_sequence and sequence == last_sequence then
    return "repeated"
  end
  if last_sequence and sequence < last_sequence then
    return "stale"
  end
  redis.call("HSET", price, "base", amount_minor_digits, "base_seq", sequence_digits)
  return "applied"
end
