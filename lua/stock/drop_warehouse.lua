local stock_counts = require("lib.stock.stock_counts")
local stored_event = require("lib.stock.stored_event")
local stored_integer = require("lib.stored_integer")
local stored_level = require("lib.stock.stored_level")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Removes an empty warehouse from a product, so that another one can take its place.
---
--- The call is an event of the warehouse, like set_level: its sequence must be above the latest
--- one, and counts even if the warehouse is not empty or not known. For 11 minutes, the script
--- remembers the sequence, so a late event does not bring the warehouse back. A "repeated" or
--- "stale" event begins the 11 minutes anew. An event with a higher sequence brings the warehouse
--- back. Without any warehouse, the product has no stock. A watched product stays watched.
---
---@version 1.0.0
---@param stock key.stock write
---@param past_sequences key.past_sequences write
---@param warehouse id the warehouse that no longer has the product
---@param sequence sequence the warehouse's event number; higher is later
---@return "dropped"|"not_empty"|"repeated"|"stale"|"unknown" outcome dropped: the warehouse is
---   removed; not_empty: its level is not 0; repeated: the sequence equals the latest one of the
---   warehouse; stale: it is lower; unknown: the product has no level in this warehouse
---@cost O(1)
---@oom runs it removes a warehouse
---@resend safe the sequence makes a second run change nothing; after the warehouse was forgotten,
---   for 11 minutes
---
---@example An empty warehouse is removed.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5" level:paris 0 event:paris "4 0"
---  call   warehouse=paris sequence=5
---  reply  outcome=dropped
---  again  outcome=repeated
---  then   HGETALL {stock} = total 5 level:berlin 5 event:berlin "9 5"
---  then   HGET {past_sequences} paris = 5
---@example A warehouse with units stays.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  call   warehouse=berlin sequence=10
---  reply  outcome=not_empty
---  again  outcome=repeated
---  then   HGET {stock} event:berlin = "10 5"
---@example A warehouse without a level is unknown.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  call   warehouse=paris sequence=5
---  reply  outcome=unknown
---  again  outcome=repeated
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 5 level:berlin five event:berlin "9 5"
---  call   warehouse=berlin sequence=10
---  error  CORRUPT level of a warehouse
local function drop_warehouse(stock, past_sequences, warehouse, sequence)
  local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
  local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field, "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local level = stored_level(stored[3])
  local last_sequence, base = stored_event(stored[4])
  local past = redis.call("HGET", past_sequences, warehouse)
  if level and not total then
    error({ err = "CORRUPT total" })
  elseif not level then
    last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
  end
  if sequence <= last_sequence then
    if not level then
      -- A late copy of this call must meet the sequence too.
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    end
    return sequence == last_sequence and "repeated" or "stale"
  elseif level and level ~= 0 then
    redis.call("HSET", stock, event_field, string.format("%d %d", sequence, base))
    return "not_empty"
  end

  -- The fields of all other warehouses: without total, held, prepared, watch, and the two of this one.
  local others = redis.call("HLEN", stock) - (stored[1] and 1 or 0) - (stored[2] and 1 or 0)
  others = others - (stored[3] and 1 or 0) - (stored[4] and 1 or 0)
  others = others - (stored[5] and 1 or 0) - (stored[6] and 1 or 0)
  if level and others == 0 and total ~= 0 then
    error({ err = "CORRUPT total" })
  end
  local prepared = stored_integer(stored[5], "prepared") or 0
  if level and others == 0 and prepared > 0 then
    -- The units of a cart that is being committed leave this warehouse.
    redis.call("HSET", stock, event_field, string.format("%d %d", sequence, base))
    return "not_empty"
  end
  redis.call("HSET", past_sequences, warehouse, sequence)
  redis.call("PEXPIRE", past_sequences, HORIZON_MS)
  if not level then
    return "unknown"
  end
  -- The total goes with the last warehouse. Only held and watch may stay.
  if others > 0 then
    redis.call("HDEL", stock, level_field, event_field)
  elseif held > 0 or stored[6] then
    redis.call("HDEL", stock, level_field, event_field, "total", "prepared")
  else
    redis.call("UNLINK", stock)
  end
  return "dropped"
end

return drop_warehouse
