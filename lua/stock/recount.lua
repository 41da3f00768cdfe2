local misplaced_reservations = require("lib.stock.misplaced_reservations")
local now_ms = require("lib.now_ms")
local prepared_lines = require("lib.stock.prepared_lines")
local slot_member = require("lib.slot_member")
local status_change = require("lib.stock.status_change")
local stored_level = require("lib.stock.stored_level")
local watched_low = require("lib.stock.watched_low")

-- Each of 100 warehouses has two fields. The other four are total, held, prepared and watch.
local MAX_FIELDS = 204
-- The most held reservations that one call adds up.
local MAX_HELD = 1000
-- The most reservations whose places in the two queues one call repairs. Then it looks at as many
-- names of each queue, and otherwise at MAX_HELD, because one ZREM has at most 1,000 names.
local MAX_QUEUED = 500
local MAX_WAREHOUSES = 100
-- The upper bound of the type quantity.
local MAX_UNITS = 1000000000000
-- The upper bound of the type total.
local MAX_HELD_UNITS = 100000000000000

--- Reads the first names of a queue, and returns their texts, and the names without a text.
local function queued_texts(reservations, queue, limit)
  local names = redis.call("ZRANGE", queue, 0, limit - 1)
  local texts, without_text = {}, {}
  if #names > 0 then
    -- at most 1000 names
    texts = redis.call("HMGET", reservations, unpack(names))
  end
  -- at most 1000 names
  for position, name in ipairs(names) do
    if not texts[position] then
      without_text[#without_text + 1] = name
    end
  end
  return texts, without_text
end

--- Adds up the units of held reservations by their texts. A name without a text counts nothing.
local function held_units(texts)
  local sum = 0
  -- at most 1000 reservations
  for position = 1, #texts do
    if texts[position] then
      local units = tonumber(string.match(texts[position], "^held (%d+) %d+ ?%d*$"))
      if not units or units < 1 or units > MAX_UNITS then
        error({ err = "CORRUPT reservation" })
      end
      sum = sum + units
    end
  end
  return sum
end

--- Repairs the sums of a product's stock: the total from the levels, and held and prepared from the
--- reservations.
---
--- Call it after an error CORRUPT total, held or reservation, when somebody has changed or deleted
--- keys by hand. It changes no level and no text of a reservation. With at most 500 reservations, it
--- puts each one back into its queue: held ones by the end of the lease, closed ones by their time.
--- Without a level, it removes the total, and repairs held all the same.
---
--- It also removes names without a text from both queues, at most 500 of each queue, or 1,000 if there
--- are more than 500 reservations. Call it again until it answers "correct". After it has repaired a
--- queue, the product is due in the index of its slot, and a message reports that.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations read
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param slot_due key.slot_due write
---@param slot_prepared key.slot_prepared write
---@return "recounted"|"correct"|"too_many"|"unknown" outcome recounted: a sum or a queue was wrong
---   and is right now; correct: all were right; too_many: the total is right now, but held may be
---   wrong. More than 1,000 reservations are held, or more than 500 are known and do not agree with
---   the queues and the index of prepared ones, or that index has more than 500 entries; unknown: no
---   warehouse has a level, and held is right now
---@return total? total when recounted|correct: over all warehouses
---@return available? available when recounted|correct: the total minus held units
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(W + R), W the product's warehouses, at most 100, R its reservations, at most 1,000 held ones
---@resend safe a second run computes the same sums
---
---@example A total that disagrees with the levels is repaired.
---  given  HSET {stock} total 9 level:berlin 5 level:paris 7
---  call
---  reply  outcome=recounted total=12 available=12
---  again  outcome=correct total=12 available=12
---  then   HGET {stock} total = 12
---@example The units that reservations hold are counted again.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call
---  reply  outcome=recounted total=12 available=9
---  again  outcome=correct total=12 available=9
---  then   HGET {stock} held = 3
---@example The units of a cart that is being committed are counted, and a worker looks at it again.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call
---  reply  outcome=recounted total=12 available=9
---  again  outcome=correct total=12 available=9
---  then   HMGET {stock} held prepared = 3 3
---  then   ZCARD {slot_prepared} = 1
---@example A product without a level is unknown.
---  call
---  reply  outcome=unknown
---@example A held reservation that its queue lacks is put back, and the sweeper looks at the product.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  given  HSET {reservations} cart-1 "held 2 {now+60000}"
---  call
---  reply  outcome=recounted total=12 available=10
---  again  outcome=correct total=12 available=10
---  then   ZCARD {reservation_ends} = 1
---  then   ZCARD {slot_due} = 1
---@example A name without a text is removed from the queue of held ones.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call
---  reply  outcome=recounted total=12 available=12
---  again  outcome=correct total=12 available=12
---  then   EXISTS {reservation_ends} = 0
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 12 level:berlin twelve
---  call
---  error  CORRUPT level of a warehouse
local function recount(stock, reservations, reservation_ends, closed_reservations, slot_due, slot_prepared)
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared, watch = nil, "0", "0", false
  local total, warehouses = 0, 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if string.find(field, "^level:") then
      total = total + (stored_level(value) or 0)
      warehouses = warehouses + 1
    elseif field == "total" then
      stored_total = value
    elseif field == "held" then
      stored_held = value
    elseif field == "prepared" then
      stored_prepared = value
    elseif field == "watch" then
      watch = value
    end
  end
  if warehouses > MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end

  local low = watched_low(watch)

  local known = redis.call("HLEN", reservations)
  local limit = known <= MAX_QUEUED and MAX_QUEUED or MAX_HELD
  local texts, not_held = queued_texts(reservations, reservation_ends, limit)
  local _, not_closed = queued_texts(reservations, closed_reservations, limit)
  local held_times, closed_times, held, counted = {}, {}, 0, true
  local prepared, prepared_names = 0, {}
  if known > MAX_QUEUED then
    local queued, closed = redis.call("ZCARD", reservation_ends), redis.call("ZCARD", closed_reservations)
    local lines
    lines, prepared = prepared_lines(reservations, slot_prepared)
    counted = queued <= MAX_HELD and known == queued + closed - #not_held - #not_closed + lines
    held = counted and held_units(texts) + prepared or 0
  elseif known > 0 then
    held_times, closed_times, held, prepared, prepared_names =
      misplaced_reservations(reservations, reservation_ends, closed_reservations, not_held, not_closed)
  end
  if held > MAX_HELD_UNITS then
    error({ err = "CORRUPT reservation" })
  end
  local queues_are_wrong = #held_times > 0 or #closed_times > 0 or #not_held > 0 or #not_closed > 0
  local index_is_wrong = false
  local now, member, prepared_members = string.format("%d", now_ms()), slot_member(stock), {}
  -- at most 500 reservations
  for position = 1, #prepared_names do
    prepared_members[position] = string.format("%s\t%s", member, prepared_names[position])
  end

  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_due)
  redis.call("ZCARD", slot_prepared)
  if #held_times > 0 then
    -- at most 1000 values
    redis.call("ZADD", reservation_ends, unpack(held_times))
  end
  if #closed_times > 0 then
    -- moonpath-allow order/write-before-check: stored_reservation has checked each time
    -- at most 1000 values
    redis.call("ZADD", closed_reservations, unpack(closed_times))
  end
  if #not_held > 0 then
    -- at most 1000 values
    redis.call("ZREM", reservation_ends, unpack(not_held))
  end
  if #not_closed > 0 then
    -- at most 1000 values
    redis.call("ZREM", closed_reservations, unpack(not_closed))
  end
  -- at most 500 reservations
  for position = 1, #prepared_members do
    if redis.call("ZADD", slot_prepared, "NX", now, prepared_members[position]) == 1 then
      index_is_wrong = true
    end
  end
  if queues_are_wrong then
    redis.call("ZADD", slot_due, now, member)
    redis.call("PUBLISH", slot_due, now)
  end
  local total_text, held_text = string.format("%d", total), string.format("%d", held)
  local total_is_wrong = stored_total ~= total_text
  local held_is_wrong = counted and stored_held ~= held_text
  local prepared_text = string.format("%d", prepared)
  local prepared_is_wrong = counted and stored_prepared ~= prepared_text
  if prepared_is_wrong then
    redis.call("HSET", stock, "prepared", prepared_text)
  end
  if held_is_wrong then
    redis.call("HSET", stock, "held", held_text)
  end
  if warehouses == 0 then
    redis.call("HDEL", stock, "total")
  elseif total_is_wrong then
    redis.call("HSET", stock, "total", total_text)
  end
  local status_before, status = nil, nil
  if low then
    -- A wrong number counts as the right one.
    local old_held = tonumber(stored_held) or held
    local before = (tonumber(stored_total or "0") or total) - old_held
    status_before, status = status_change(stock, low, before, total - (counted and held or old_held))
  end
  if not counted then
    return "too_many", nil, nil, status_before, status
  elseif warehouses == 0 then
    return "unknown", nil, nil, status_before, status
  elseif queues_are_wrong or index_is_wrong or total_is_wrong or held_is_wrong or prepared_is_wrong then
    return "recounted", total, total - held, status_before, status
  end
  return "correct", total, total - held, status_before, status
end

return recount
