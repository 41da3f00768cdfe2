#!lua
-- stock.extend 1.0.0. Generated from lua/stock/extend.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.extend expected 2 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.extend reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.extend reservation: expected no control characters and no braces" }
end
local arg_lease_ends_ms = tonumber(ARGV[2])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.extend lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.extend lease_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/stock/extend.lua:
--- Makes the lease of a held reservation longer, for example while a customer pays.
do
  local reservations, reservation_ends, reservation, lease_ends_ms, lease_ms =
    KEYS[1], KEYS[2], arg_reservation, arg_lease_ends_ms, arg_lease_ms
  local known = redis.call("HGET", reservations, reservation)
  if not known then
    return "unknown"
  end
  -- From lua/lib/stock/stored_reservation.lua:
  --- Reads the stored text of one reservation, such as `held 3 1767225600000`.
  local function stored_reservation(value)
    -- The upper bound of the type quantity.
    local MAX_RESERVED = 1000000000000
    -- The upper bound of the type epoch_ms.
    local MAX_TIME = 8640000000000000
    -- The upper bound of the type fence.
    local MAX_FENCE = 9007199254740991
    local state, stored_units, stored_end, rest = string.match(value, "^(%l+) (%d+) (%d+)(.*)$")
    local units, ends_at = tonumber(stored_units), tonumber(stored_end)
    if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
      error({ err = "CORRUPT reservation" })
    end
    local fence = rest == "" and 0 or tonumber(string.match(rest, "^ (%d+)$"))
    if not fence or fence > MAX_FENCE then
      error({ err = "CORRUPT reservation" })
    end
    if state == "held" or (state == "prepared" and fence > 0) then
      return state, units, ends_at, fence
    elseif state == "committed" or state == "released" or state == "expired" then
      return state, units, ends_at, fence
    end
    error({ err = "CORRUPT reservation" })
  end
  local state, units, ends_at, fence = stored_reservation(known)
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  if state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "expired" then
    return "expired"
  end
  local words = fence > 0 and "%s %d %d %d" or "%s %d %d"
  if now >= ends_at then
    if ends_at > 0 and state == "held" then
      -- The end 0 is final. After a failover, the clock may be before the old end.
      redis.call("ZADD", reservation_ends, "0", reservation)
      redis.call("HSET", reservations, reservation, string.format(words, state, units, 0, fence))
    end
    return "expired"
  elseif ends_at ~= lease_ends_ms then
    return { "stale", ends_at }
  end

  local new_end = math.max(now + lease_ms, ends_at + 1)
  if state == "held" then
    redis.call("ZADD", reservation_ends, new_end, reservation)
  end
  redis.call("HSET", reservations, reservation, string.format(words, state, units, new_end, fence))
  return { "extended", new_end }
end
