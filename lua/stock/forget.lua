local held_reservations = require("lib.stock.held_reservations")
local now_ms = require("lib.now_ms")
local status_change = require("lib.stock.status_change")
local stored_event = require("lib.stock.stored_event")
local stored_integer = require("lib.stored_integer")
local watched_low = require("lib.stock.watched_low")

-- The upper bound of the type total.
local MAX_HELD_UNITS = 100000000000000
-- Each of 100 warehouses has two fields. The other four are total, held, prepared and watch.
local MAX_FIELDS = 204
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Removes a product's stock, and releases its held reservations.
---
--- The first call removes the total and all levels, so the product is unknown from then on. Each
--- call releases at most `limit` reservations, those with the earliest end first. While the outcome
--- is "more", call again with a new operation. A sweep removes the released reservations after
--- remember_ms.
---
--- For 11 minutes, the script remembers the last sequence of each warehouse, so a late event does
--- not bring the product back. An event with a higher sequence does. A watched product is no longer
--- watched.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param past_sequences key.past_sequences write
---@param forget_operation key.forget_operation write
---@param limit sweep_limit how many reservations to release
---@param remember_ms remember_ms how long the script remembers its answer, and that a reservation
---   was released; the same as in reserve
---@return "forgotten"|"more"|"prepared"|"unknown" outcome forgotten: the product has no stock and no
---   held reservation; more: it has no stock, and more reservations are held; prepared: a cart that has
---   units of it is being committed, so nothing is changed; unknown: it had neither
---@return processed? released when forgotten|more: how many reservations this call released
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(W + limit * log R), W the product's warehouses, at most 100, R its reservations
---@oom runs it removes stock and ends reservations
---@resend safe within remember_ms, the remembered answer makes a second run change nothing
---
---@example The stock is removed, and a held reservation is released.
---  given  HSET {stock} total 12 held 5 level:berlin 12 event:berlin "9 12"
---  given  HSET {reservations} cart-1 "held 5 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   operation=op-1 limit=10 remember_ms=60000
---  reply  outcome=forgotten released=1
---  then   EXISTS {stock} {reservation_ends} = 0
---  then   HGET {past_sequences} berlin = 9
---@example More reservations are held than one call releases.
---  given  HSET {stock} total 12 held 5 level:berlin 12 event:berlin "9 12"
---  given  HSET {reservations} cart-1 "held 3 {now+60000}" cart-2 "held 2 {now+90000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1 {now+90000} cart-2
---  call   operation=op-1 limit=1 remember_ms=60000
---  reply  outcome=more released=1
---  then   HGETALL {stock} = held 2
---@example A product without stock and reservations is unknown.
---  call   operation=op-1 limit=10 remember_ms=60000
---  reply  outcome=unknown
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {stock} total 12 held 5 level:berlin 12 event:berlin "9 12"
---  given  HSET {reservations} cart-1 "lost 5 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   operation=op-1 limit=10 remember_ms=60000
---  error  CORRUPT reservation
local function forget(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  past_sequences,
  forget_operation,
  limit,
  remember_ms
)
  local remembered = redis.call("GET", forget_operation)
  if remembered then
    local outcome, stored_count = string.match(remembered, "^(%l+) (%d+)$")
    local released = stored_integer(stored_count or "", "forget-operation", 0, 100)
    if outcome == "forgotten" or outcome == "more" then
      return outcome, released
    elseif outcome == "unknown" or outcome == "prepared" then
      return outcome
    end
    error({ err = "CORRUPT forget-operation" })
  end

  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local removed, sequences = {}, {}
  local stored_total, stored_held, prepared, watch = "0", false, 0, false
  -- at most 204 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if field == "held" then
      stored_held = fields[position + 1]
    elseif field == "prepared" then
      prepared = stored_integer(fields[position + 1], "prepared") or 0
      removed[#removed + 1] = field
    else
      removed[#removed + 1] = field
    end
    if field == "total" then
      stored_total = fields[position + 1]
    elseif field == "watch" then
      watch = fields[position + 1]
    end
    local warehouse = string.match(field, "^event:(.+)$")
    if warehouse then
      sequences[#sequences + 1] = warehouse
      sequences[#sequences + 1] = string.format("%d", (stored_event(fields[position + 1])))
    end
  end
  if prepared > 0 then
    redis.call("SET", forget_operation, "prepared 0", "PX", remember_ms)
    return "prepared"
  end
  local low, watch_sequence = watched_low(watch)
  if low then
    -- No warehouse has this name, because no name has a tab.
    sequences[#sequences + 1] = "\twatch"
    sequences[#sequences + 1] = string.format("%d", watch_sequence)
  end
  -- A wrong number does not matter, because all reservations end.
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held > MAX_HELD_UNITS then
    held = 0
  end
  local names = redis.call("ZRANGE", reservation_ends, 0, limit - 1)
  local left = redis.call("ZCARD", reservation_ends) - #names
  local texts, forget_times, freed = nil, nil, 0
  if #names > 0 then
    texts, forget_times, freed = held_reservations(reservations, names, "released", now_ms() + remember_ms)
  end
  -- HLEN proves the type before the first write.
  redis.call("HLEN", past_sequences)

  local outcome = "unknown"
  if left > 0 then
    outcome = "more"
  elseif #fields > 0 or #names > 0 then
    outcome = "forgotten"
  end
  if texts then
    -- at most 200 values
    redis.call("ZADD", closed_reservations, unpack(forget_times))
    -- at most 200 values
    redis.call("HSET", reservations, unpack(texts))
    redis.call("ZREM", reservation_ends, unpack(names))
  end
  redis.call("SET", forget_operation, string.format("%s %d", outcome, #names), "PX", remember_ms)
  if #sequences > 0 then
    -- at most 202 values
    redis.call("HSET", past_sequences, unpack(sequences))
    redis.call("PEXPIRE", past_sequences, HORIZON_MS)
  end
  if held > freed and left > 0 then
    redis.call("HSET", stock, "held", held - freed)
    if #removed > 0 then
      -- at most 204 fields
      redis.call("HDEL", stock, unpack(removed))
    end
  else
    redis.call("UNLINK", stock)
  end
  if outcome == "unknown" then
    return "unknown"
  end
  if low then
    local still_held = left > 0 and math.max(held - freed, 0) or 0
    local status_before, status = status_change(stock, low, (tonumber(stored_total) or 0) - held, -still_held)
    return outcome, #names, status_before, status
  end
  return outcome, #names
end

return forget
