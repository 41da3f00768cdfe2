#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/expiry/claim_lease.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""

--- Returns when a claim's lease ends, if it has not ended yet.
local function claim_lease(claim_key)
  local lease_ends = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

-- From lua/expiry/renew.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE_MEMBER = ""
-- The upper bound of the type limit.
local MAX_ITEMS = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.renew expected 2 keys and 1 argument" }
end
local arg_lease_ms = tonumber(ARGV[1])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for a claim, from now on. It never makes the lease shorter.
do
  local processing, claim_key, lease_ms = KEYS[1], KEYS[2], arg_lease_ms
  local old_lease_ends = claim_lease(claim_key)
  if not old_lease_ends then
    return "lost"
  end
  if redis.call("ZCARD", claim_key) > MAX_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", processing)

  local lease_ends = math.max(old_lease_ends, now_ms() + lease_ms)
  -- at most 1001 members: the items and the lease
  for _, item in ipairs(redis.call("ZRANGE", claim_key, "0", "-1")) do
    redis.call("ZADD", processing, "XX", lease_ends, item)
  end
  redis.call("ZADD", claim_key, lease_ends, LEASE_MEMBER)
  redis.call("PEXPIREAT", claim_key, lease_ends)
  return { "renewed", lease_ends }
end
