local stock_counts = require("lib.stock.stock_counts")
local stock_status = require("lib.stock.stock_status")
local stored_integer = require("lib.stored_integer")
local watched_low = require("lib.stock.watched_low")

-- The field of past_sequences. No warehouse has this name, because no name has a tab.
local PAST_WATCH = "\twatch"
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Watches a product: every script that changes its status from then on publishes the change.
---
--- The script stores `low` in the stock of the product, which needs no level yet. Each script that
--- changes the available units compares the status before and after, and returns both. The message on
--- the channel of the stock has the status before, the status after and the available units. Redis
--- stores no message: who listens later reads the stock first.
---
--- Without `low`, the product is no longer watched. Then the script remembers the sequence for 10
--- minutes, and a later call that is "repeated" or "stale" begins them anew.
---
---@version 1.0.0
---@param stock key.stock write
---@param past_sequences key.past_sequences write
---@param sequence sequence the number of this event; higher is later
---@param low units? at this number of available units or below, the product counts as low; absent: the
---   product is no longer watched
---@return "watched"|"unwatched"|"repeated"|"stale" outcome watched: changes are published from now on;
---   unwatched: no longer; repeated: the sequence equals the latest one; stale: it is lower
---@return stock_status? status sometimes: if the product is watched now
---@return available? available sometimes: if the product is watched now; the total minus held units
---@cost O(1)
---@resend safe the sequence makes a second run change nothing; after the product was unwatched, for 10
---   minutes
---
---@example A product is watched, and low from 3 available units down.
---  given  HSET {stock} total 5 held 2 level:berlin 5 event:berlin "9 5"
---  call   sequence=17 low=3
---  reply  outcome=watched status=low_stock available=3
---  again  outcome=repeated status=low_stock available=3
---  then   HGET {stock} watch = "17 3"
---@example A product is watched before it has any stock.
---  call   sequence=17 low=3
---  reply  outcome=watched status=out_of_stock available=0
---  again  outcome=repeated status=out_of_stock available=0
---@example A product is no longer watched.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5" watch "17 3"
---  call   sequence=18
---  reply  outcome=unwatched
---  again  outcome=repeated
---  then   HEXISTS {stock} watch = 0
---@example A late call does not watch the product again.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5"
---  given  HSET {past_sequences} "\twatch" 18
---  call   sequence=17 low=3
---  reply  outcome=stale
---  then   HEXISTS {stock} watch = 0
---@example A corrupt watch is an error, and nothing is written.
---  given  HSET {stock} total 5 level:berlin 5 event:berlin "9 5" watch three
---  call   sequence=18 low=3
---  error  CORRUPT watch
local function watch(stock, past_sequences, sequence, low)
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local available = (total or 0) - held
  local watched, last_sequence = watched_low(stored[3])
  local past = redis.call("HGET", past_sequences, PAST_WATCH)
  if not watched then
    last_sequence = stored_integer(past, "past sequence") or -1
  end

  if sequence <= last_sequence then
    local outcome = sequence == last_sequence and "repeated" or "stale"
    if watched then
      return outcome, stock_status(available, watched), available
    end
    -- A late copy of this call must meet the sequence too.
    redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    return outcome
  elseif low then
    redis.call("HSET", stock, "watch", string.format("%d %d", sequence, low))
    return "watched", stock_status(available, low), available
  end
  redis.call("HSET", past_sequences, PAST_WATCH, sequence)
  redis.call("PEXPIRE", past_sequences, HORIZON_MS)
  redis.call("HDEL", stock, "watch")
  return "unwatched"
end

return watch
