local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stock_levels = require("lib.stock.stock_levels")
local stock_status = require("lib.stock.stock_status")
local stored_level = require("lib.stock.stored_level")
local take_units = require("lib.stock.take_units")
local watched_low = require("lib.stock.watched_low")

-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Changes a product's stock by a sale or a return, and returns its total and status.
---
--- The script adjusts or refuses a sale as a whole. It refuses a sale if the warehouses have too
--- few units, or if the total would fall below held. Available = total - held. A negative level
--- lowers the total. A reservation whose lease has ended stays in `held` until a reserve, a sweep
--- or a release ends it.
---
--- `backorder` skips both checks. Such a sale may take held units. A later `commit` returns "short"
--- if its warehouses have too few units then.
---
--- Without a warehouse, a sale takes units from the fullest warehouse first, and a return goes to
--- the emptiest.
---
--- The script remembers its answer and its arguments for remember_ms; without stock, for at most 10
--- minutes. If the same operation is sent again, the script returns that answer and changes
--- nothing. After that time, the same operation runs again as a new one.
---
---@version 1.0.0
---@param stock key.stock write
---@param stock_operation key.stock_operation write
---@param change change below zero for a sale, above zero for a return
---@param warehouse id? only this warehouse; absent: all warehouses of the product
---@param backorder flag a sale may take the level below zero
---@param low units at this number of available units or below, the product counts as low
---@param remember_ms remember_ms how long the answer of this operation is remembered
---@return "adjusted"|"refused"|"unknown"|"unknown_warehouse"|"mismatch" outcome adjusted: the stock
---   has changed; refused: too few units are available; unknown: the product has no stock;
---   unknown_warehouse: the product has stock, but not in this warehouse; mismatch: the operation
---   was sent before with another change, warehouse or backorder
---@return flag? repeated when adjusted|refused: this is the remembered answer of an earlier call
---@return total? total when adjusted|refused: over all warehouses, after this operation
---@return stock_status? status_before when adjusted|refused: the status before that operation
---@return stock_status? status when adjusted|refused: of the available units
---@return available? available when adjusted|refused: the total minus held units, after this
---   operation
---@cost O(W), W the product's warehouses, at most 100; O(W log W) if the fullest one has too few
---   units; O(1) with a warehouse
---@resend safe within remember_ms, the remembered answer makes a second run change nothing
---
---@example A sale takes units from the fullest warehouse first.
---  given  HSET {stock} total 12 level:berlin 5 level:paris 7
---  call   operation=order-1 change=-8 backorder=no low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=4 status_before=in_stock status=in_stock available=4
---  again  outcome=adjusted repeated=yes total=4 status_before=in_stock status=in_stock available=4
---  then   HGET {stock} level:paris = 0
---  then   HGET {stock} level:berlin = 4
---@example A sale of more units than available is refused as a whole.
---  given  HSET {stock} total 3 level:berlin 2 level:paris 1
---  call   operation=order-1 change=-4 backorder=no low=2 remember_ms=60000
---  reply  outcome=refused repeated=no total=3 status_before=in_stock status=in_stock available=3
---  again  outcome=refused repeated=yes total=3 status_before=in_stock status=in_stock available=3
---@example Held units cannot be sold.
---  given  HSET {stock} total 5 held 4 level:berlin 5
---  call   operation=order-1 change=-2 backorder=no low=2 remember_ms=60000
---  reply  outcome=refused repeated=no total=5 status_before=low_stock status=low_stock available=1
---  again  outcome=refused repeated=yes total=5 status_before=low_stock status=low_stock available=1
---@example A return goes to the emptiest warehouse.
---  given  HSET {stock} total 12 level:berlin 5 level:paris 7
---  call   operation=order-1 change=2 backorder=no low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=14 status_before=in_stock status=in_stock available=14
---  again  outcome=adjusted repeated=yes total=14 status_before=in_stock status=in_stock available=14
---  then   HGET {stock} level:berlin = 7
---@example A sale on backorder takes the level below zero.
---  given  HSET {stock} total 1 level:berlin 1
---  call   operation=order-1 change=-4 warehouse=berlin backorder=yes low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=-3 status_before=low_stock status=out_of_stock available=-3
---  again  outcome=adjusted repeated=yes total=-3 status_before=low_stock status=out_of_stock available=-3
---@example The same operation with another change is a mismatch.
---  given  HSET {stock} total 4 level:berlin 4
---  given  SET {stock_operation} "adjusted 4 4 -8 no " PX 60000
---  call   operation=order-1 change=-1 backorder=no low=2 remember_ms=60000
---  reply  outcome=mismatch
---@example A product without stock is unknown, and a late copy of the call finds the same answer.
---  call   operation=order-1 change=-4 backorder=no low=2 remember_ms=60000
---  reply  outcome=unknown
---  then   GET {stock_operation} = "unknown 0 0 -4 no "
---@example A warehouse that does not have the product is unknown.
---  given  HSET {stock} total 4 level:berlin 4
---  call   operation=order-1 change=-4 warehouse=paris backorder=no low=2 remember_ms=60000
---  reply  outcome=unknown_warehouse
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 1 level:berlin one
---  call   operation=order-1 change=-1 backorder=no low=2 remember_ms=60000
---  error  CORRUPT level of a warehouse
---@example Levels that do not add up to the total are an error, and nothing is written.
---  given  HSET {stock} total 2 level:berlin 1
---  call   operation=order-1 change=-1 backorder=no low=2 remember_ms=60000
---  error  CORRUPT total
local function adjust(stock, stock_operation, change, warehouse, backorder, low, remember_ms)
  local total, held, field, level, fields, watch
  if warehouse then
    field = "level:" .. warehouse
    local stored = redis.call("HMGET", stock, "total", "held", field, "watch")
    total, held = stock_counts(stored[1], stored[2])
    level, watch = stored_level(stored[3]), stored[4]
  else
    fields, total, held, field, level, watch = stock_levels(stock, change < 0 and 1 or -1)
  end
  local watch_low = watched_low(watch)

  local outcome, new_total, new_level = "adjusted", 0, 0
  local available = 0
  local changed = nil
  if level and not total then
    error({ err = "CORRUPT total" })
  elseif not level or not field then
    outcome = total and "unknown_warehouse" or "unknown"
    remember_ms = math.min(remember_ms, HORIZON_MS)
  else
    new_total, new_level = total + change, level + change
    local missing = change < 0 and math.min(-change, -new_level) or 0
    if missing > 0 and fields then
      changed, missing = take_units(fields, -change)
      -- On backorder, units that no warehouse has are booked on the fullest, below zero.
      new_level = changed[2] - missing
      changed[2] = new_level
    end
    if change < 0 and not backorder and (missing > 0 or new_total < held) then
      outcome, new_total = "refused", total
    elseif
      (new_level > MAX_LEVEL or new_level < -MAX_LEVEL) and redis.call("EXISTS", stock_operation) == 0
    then
      error({ err = "ARGUMENT stock.adjust change: the level of a warehouse stays from -10^12 to 10^12" })
    end
    available = new_total - held
  end

  local answer = string.format(
    "%s %d %d %d %s %s",
    outcome,
    new_total,
    available,
    change,
    backorder and "yes" or "no",
    warehouse or ""
  )
  local remembered = redis.call("SET", stock_operation, answer, "NX", "GET", "PX", remember_ms)
  if remembered then
    local old_outcome, old_total, old_available, arguments =
      string.match(remembered, "^([%l_]+) (-?%d+) (-?%d+) (.*)$")
    total, available = tonumber(old_total), tonumber(old_available)
    if not total or math.abs(total) > MAX_REMEMBERED_TOTAL then
      error({ err = "CORRUPT stock-operation" })
    end
    if available < -2 * MAX_REMEMBERED_TOTAL or available > MAX_REMEMBERED_TOTAL then
      error({ err = "CORRUPT stock-operation" })
    end
    if arguments ~= string.format("%d %s %s", change, backorder and "yes" or "no", warehouse or "") then
      return "mismatch"
    elseif old_outcome == "adjusted" or old_outcome == "refused" then
      local before = old_outcome == "adjusted" and available - change or available
      return old_outcome, true, total, stock_status(before, low), stock_status(available, low), available
    elseif old_outcome == "unknown" or old_outcome == "unknown_warehouse" then
      return old_outcome
    end
    error({ err = "CORRUPT stock-operation" })
  end

  if outcome == "adjusted" then
    if changed then
      -- at most 202 values
      redis.call("HSET", stock, "total", new_total, unpack(changed))
    elseif field then
      redis.call("HSET", stock, "total", new_total, field, new_level)
    end
    if watch_low then
      status_change(stock, watch_low, available - change, available)
    end
  elseif outcome ~= "refused" then
    return outcome
  end
  local before = outcome == "adjusted" and available - change or available
  return outcome, false, new_total, stock_status(before, low), stock_status(available, low), available
end

return adjust
