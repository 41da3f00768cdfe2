#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/renew.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A lease that would end so much later than asked was granted before the clock was set back.
local MAX_AHEAD_MS = 60000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.renew expected 2 keys and 2 arguments" }
end
local arg_lease_ends_ms = tonumber(ARGV[1])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT expiry.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for a claim, from now on. It makes the lease shorter only if the lease
--- would end more than a minute later than asked. The clock was set back then, and nobody would get the
--- items of a dead worker for as long.
do
  local processing, claim_key, lease_ends_ms, lease_ms = KEYS[1], KEYS[2], arg_lease_ends_ms, arg_lease_ms
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local stored_end = stored_integer(claim[1] or false, "end of a claim's lease")
  local now = now_ms()
  if not stored_end or stored_end < now then
    return "lost"
  elseif stored_end ~= lease_ends_ms then
    return { "stale", stored_end }
  end

  -- Always another end than before, so that the same call finds another one when it arrives again.
  local new_end = now + lease_ms
  if stored_end >= new_end and stored_end <= new_end + MAX_AHEAD_MS then
    new_end = stored_end + 1
  end
  local end_text = string.format("%d", new_end)
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local renewed = {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    -- Another worker has an item whose lease has another end.
    if position > 1 and tonumber(leases[position]) == stored_end then
      renewed[#renewed + 1] = end_text
      renewed[#renewed + 1] = item
    end
  end
  if #renewed > 0 then
    -- at most 200 values
    redis.call("ZADD", processing, "XX", unpack(renewed))
  end
  -- moonpath-allow order/write-before-check: the list has a first element, which was read above
  redis.call("LSET", claim_key, "0", end_text)
  redis.call("PEXPIREAT", claim_key, new_end + HORIZON_MS)
  return { "renewed", new_end }
end
