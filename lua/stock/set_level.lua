local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stock_status = require("lib.stock.stock_status")
local stored_event = require("lib.stock.stored_event")
local stored_integer = require("lib.stored_integer")
local stored_level = require("lib.stock.stored_level")
local watched_low = require("lib.stock.watched_low")

local MAX_WAREHOUSES = 100
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The sum `moved` begins again at 0 when it is larger than this.
local MOVED_LIMIT = 1000000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Counts the warehouses that have a level, and how many of them are empty.
local function count_levels(stock)
  local fields = redis.call("HGETALL", stock)
  local warehouses, empty = 0, 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      warehouses = warehouses + 1
      empty = empty + (tonumber(fields[position + 1]) == 0 and 1 or 0)
    end
  end
  return warehouses, empty
end

--- Sets one warehouse's stock of a product and returns the product's total and status.
---
--- The quantity is what the warehouse counted. It includes held units. Events may arrive twice or
--- late. An event whose sequence is not above the latest one of the warehouse changes nothing.
---
--- Without `moved`, the level becomes the quantity: the event must come after all sales and returns
--- that it does not know. With `moved` as `levels` returned it when the count began, sales and
--- returns since then are kept: level = quantity + (moved now - moved then).
---
--- For 11 minutes, the script remembers the sequence of an event that was "full", and of a
--- warehouse that was forgotten. A later event that is "repeated" or "stale" because of it begins
--- the 11 minutes anew. So a late copy of a call brings no warehouse back. Use a new sequence to try
--- again.
---
---@version 1.0.0
---@param stock key.stock write
---@param past_sequences key.past_sequences write
---@param warehouse id the warehouse that counted
---@param quantity units in the warehouse at the time of the count
---@param sequence sequence the warehouse's event number; higher is later
---@param low units at this number of available units or below, the product counts as low
---@param moved moved? as levels returned it when the count began; ignored if the warehouse has no
---   level
---@return "applied"|"repeated"|"stale"|"full" outcome applied: the level is set; repeated: the
---   sequence equals the latest one of the warehouse; stale: it is lower; full: 100 other
---   warehouses already have the product
---@return total? total when applied|repeated|stale: over all warehouses; 0 if the product was
---   forgotten
---@return stock_status? status_before when applied|repeated|stale: the status before this call
---@return stock_status? status when applied|repeated|stale: of the available units
---@return available? available when applied|repeated|stale: the total minus held units
---@return processed? empty when full: how many of the 100 warehouses are empty, so that
---   drop_warehouse can remove them
---@cost O(1); O(W) for a new warehouse if the product has 50 or more, W its warehouses, at most 100
---@resend safe the sequence makes a second run change nothing; after the warehouse was forgotten or
---   the event was "full", for 11 minutes
---@many 100
---
---@example The first event of a warehouse sets its level.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  call   warehouse=paris quantity=7 sequence=1 low=2
---  reply  outcome=applied total=12 status_before=in_stock status=in_stock available=12
---  again  outcome=repeated total=12 status_before=in_stock status=in_stock available=12
---  then   HMGET {stock} level:paris event:paris = 7 "1 7"
---@example A later event replaces the level.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  call   warehouse=berlin quantity=2 sequence=10 low=2
---  reply  outcome=applied total=2 status_before=in_stock status=low_stock available=2
---  again  outcome=repeated total=2 status_before=low_stock status=low_stock available=2
---@example A count keeps the 3 units that were sold after it began.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 8"
---  call   warehouse=berlin quantity=7 sequence=10 low=2 moved=0
---  reply  outcome=applied total=4 status_before=in_stock status=in_stock available=4
---  again  outcome=repeated total=4 status_before=in_stock status=in_stock available=4
---  then   HGET {stock} event:berlin = "10 7"
---@example A late event changes nothing.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  call   warehouse=berlin quantity=7 sequence=8 low=2
---  reply  outcome=stale total=5 status_before=in_stock status=in_stock available=5
---@example A late event of a forgotten warehouse changes nothing.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  given  HSET {past_sequences} paris 4
---  call   warehouse=paris quantity=7 sequence=3 low=2
---  reply  outcome=stale total=5 status_before=in_stock status=in_stock available=5
---@example Held units are not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5 event:berlin "9 5"
---  call   warehouse=berlin quantity=6 sequence=10 low=2
---  reply  outcome=applied total=6 status_before=low_stock status=low_stock available=2
---  again  outcome=repeated total=6 status_before=low_stock status=low_stock available=2
---@example A total that is not an integer is an error, and nothing is written.
---  given  HSET {stock} total many level:berlin 5 event:berlin "9 5"
---  call   warehouse=berlin quantity=7 sequence=10 low=2
---  error  CORRUPT total
local function set_level(stock, past_sequences, warehouse, quantity, sequence, low, moved)
  local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
  local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field, "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local level = stored_level(stored[3])
  local last_sequence, base = stored_event(stored[4])
  local watch_low = watched_low(stored[6])
  local fields = 0

  if not level then
    -- Without total, held, prepared and watch.
    fields = redis.call("HLEN", stock) - (total and 1 or 0) - (stored[2] and 1 or 0)
    fields = fields - (stored[5] and 1 or 0) - (stored[6] and 1 or 0)
    local past = redis.call("HGET", past_sequences, warehouse)
    last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
  end
  if not total then
    if level or fields > 0 then
      error({ err = "CORRUPT total" })
    end
    total = 0
  end

  if sequence <= last_sequence then
    if not level then
      -- A late copy of this call must meet the sequence too.
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    end
    local outcome = sequence == last_sequence and "repeated" or "stale"
    local status = stock_status(total - held, low)
    return outcome, total, status, status, total - held
  end
  -- Each warehouse has two fields.
  if fields > 2 * MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  elseif fields >= MAX_WAREHOUSES then
    -- A warehouse that somebody has repaired may lack its level or its event.
    local warehouses, empty = count_levels(stock)
    if warehouses >= MAX_WAREHOUSES or fields + (stored[4] and 1 or 2) > 2 * MAX_WAREHOUSES then
      redis.call("HSET", past_sequences, warehouse, sequence)
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
      return "full", nil, nil, nil, nil, empty
    end
  end

  local moved_now = level and level - base or 0
  local new_level = quantity
  if moved and level then
    new_level = quantity + moved_now - moved
    if new_level < -MAX_LEVEL or new_level > MAX_LEVEL then
      error({ err = "ARGUMENT stock.set_level moved: the level of a warehouse stays from -10^12 to 10^12" })
    end
  end
  local new_base = new_level - moved_now
  if moved_now < -MOVED_LIMIT or moved_now > MOVED_LIMIT then
    new_base = new_level
  end
  local new_total = total - (level or 0) + new_level
  local event = string.format("%d %d", sequence, new_base)
  redis.call("HSET", stock, "total", new_total, level_field, new_level, event_field, event)
  local before, available = total - held, new_total - held
  if watch_low then
    status_change(stock, watch_low, before, available)
  end
  return "applied", new_total, stock_status(before, low), stock_status(available, low), available
end

return set_level
