#!lua flags=allow-oom
-- stock.claim_prepared 1.0.0. Generated from lua/stock/claim_prepared.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.claim_prepared expected 2 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.claim_prepared reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.claim_prepared reservation: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.claim_prepared due_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_retry_ms = tonumber(ARGV[3])
if not arg_retry_ms or arg_retry_ms < 1 or arg_retry_ms > 31622400000 or arg_retry_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.claim_prepared retry_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/stock/claim_prepared.lua:
--- Takes a prepared line from the index of its slot, for a worker that asks how its cart was decided.
do
  local reservations, slot_prepared, reservation, due_ms, retry_ms =
    KEYS[1], KEYS[2], arg_reservation, arg_due_ms, arg_retry_ms
  local member = string.format("%s\t%s", slot_member(reservations), reservation)
  local stored = stored_integer(redis.call("ZSCORE", slot_prepared, member), "time of a prepared line")
  if stored ~= due_ms then
    return "changed"
  end
  local known = redis.call("HGET", reservations, reservation)
  if known then
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
    local state, _, _, fence = stored_reservation(known)
    if state == "prepared" then
      -- From lua/lib/now_ms.lua:
      --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
      local function now_ms()
        local clock = redis.call("TIME")
        return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
      end
      redis.call("ZADD", slot_prepared, now_ms() + retry_ms, member)
      -- moonpath-allow reply/mismatch: stored_reservation refuses a prepared line without a fence
      return { "prepared", fence }
    end
  end
  redis.call("ZREM", slot_prepared, member)
  return "not_prepared"
end
