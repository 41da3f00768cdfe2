local corrupt = require("lib.corrupt")
local invalid_argument = require("lib.invalid_argument")
local share_units = require("lib.stock.share_units")
local stock_counts = require("lib.stock.stock_counts")
local stock_levels = require("lib.stock.stock_levels")
local stock_status = require("lib.stock.stock_status")
local stored_integer = require("lib.stored_integer")
local write_levels = require("lib.stock.write_levels")

-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000

--- Changes a product's stock by a sale or a return, and returns its total and status.
---
--- The script adjusts or refuses a sale as a whole. It refuses a sale if the warehouses have too
--- few units, or if the total would fall below held. Available = total - held. A negative level
--- lowers the total. A reservation whose lease has ended stays in `held` until a reserve, a sweep
--- or a release ends it.
---
--- `backorder` skips both checks. Such a sale may take held units; `commit` then returns "short"
--- for their reservations until there is stock again.
---
--- Without a warehouse, a sale takes units from the fullest warehouse first, and a return goes to
--- the emptiest.
---
--- The script remembers its answer for remember_ms. If the same operation is sent again, the script
--- returns that answer and changes nothing. After remember_ms, the same operation runs again as a
--- new one.
---
---@version 1.1.1
---@param stock key.stock write
---@param stock_operation key.stock_operation write
---@param change change below zero for a sale, above zero for a return
---@param warehouse id? only this warehouse; absent: all warehouses of the product
---@param backorder flag a sale may take the level below zero
---@param low units at this number of available units or below, the product counts as low
---@param remember_ms remember_ms how long the answer of this operation is remembered
---@return "adjusted"|"refused"|"unknown" outcome adjusted: the stock has changed; refused: too few
---   units are available; unknown: the product or the warehouse has no stock, and no answer is
---   remembered
---@return flag? repeated when adjusted|refused: this is the remembered answer of an earlier call
---@return total? total when adjusted|refused: over all warehouses, after this operation
---@return stock_status? status when adjusted|refused: of the available units
---@return available? available when adjusted|refused: the total minus held units, after this
---   operation
---@cost O(W log W), W the product's warehouses, at most 100
---@resend safe within remember_ms, the remembered answer makes a second run change nothing
---
---@example A sale takes units from the fullest warehouse first.
---  given  HSET {stock} total 12 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1
---  call   operation=order-1 change=-8 backorder=no low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=4 status=in_stock available=4
---  again  outcome=adjusted repeated=yes total=4 status=in_stock available=4
---  then   HGET {stock} level:paris = 0
---  then   HGET {stock} level:berlin = 4
---@example A sale of more units than available is refused as a whole.
---  given  HSET {stock} total 3 level:berlin 2 seq:berlin 9 level:paris 1 seq:paris 1
---  call   operation=order-1 change=-4 backorder=no low=2 remember_ms=60000
---  reply  outcome=refused repeated=no total=3 status=in_stock available=3
---  again  outcome=refused repeated=yes total=3 status=in_stock available=3
---@example Held units cannot be sold.
---  given  HSET {stock} total 5 held 4 level:berlin 5 seq:berlin 9
---  call   operation=order-1 change=-2 backorder=no low=2 remember_ms=60000
---  reply  outcome=refused repeated=no total=5 status=low_stock available=1
---  again  outcome=refused repeated=yes total=5 status=low_stock available=1
---@example A return goes to the emptiest warehouse.
---  given  HSET {stock} total 12 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1
---  call   operation=order-1 change=2 backorder=no low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=14 status=in_stock available=14
---  again  outcome=adjusted repeated=yes total=14 status=in_stock available=14
---  then   HGET {stock} level:berlin = 7
---@example A sale on backorder takes the level below zero.
---  given  HSET {stock} total 1 level:berlin 1 seq:berlin 9
---  call   operation=order-1 change=-4 warehouse=berlin backorder=yes low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=-3 status=out_of_stock available=-3
---  again  outcome=adjusted repeated=yes total=-3 status=out_of_stock available=-3
---@example A product without stock is unknown.
---  call   operation=order-1 change=-4 backorder=no low=2 remember_ms=60000
---  reply  outcome=unknown
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 1 level:berlin one seq:berlin 9
---  call   operation=order-1 change=-1 backorder=no low=2 remember_ms=60000
---  error  CORRUPT level of a warehouse
local function adjust(stock, stock_operation, change, warehouse, backorder, low, remember_ms)
  local remembered = redis.call("GET", stock_operation)
  if remembered then
    local outcome, total, available = string.match(remembered, "^(%a+) (-?%d+) (-?%d+)$")
    total = stored_integer(total or "", "stock-operation", -MAX_REMEMBERED_TOTAL, MAX_REMEMBERED_TOTAL)
    available =
      stored_integer(available or "", "stock-operation", -2 * MAX_REMEMBERED_TOTAL, MAX_REMEMBERED_TOTAL)
    if outcome == "adjusted" then
      return "adjusted", true, total, stock_status(available, low), available
    elseif outcome == "refused" then
      return "refused", true, total, stock_status(available, low), available
    end
    corrupt("stock-operation")
  end

  local _, held = stock_counts(stock)
  local levels, total = stock_levels(stock, warehouse)
  if #levels == 0 then
    return "unknown"
  end

  local moves, remaining = share_units(change, levels)
  local new_total = total + change
  if change < 0 and (remaining < 0 or new_total < held) and not backorder then
    local answer = string.format("refused %.0f %.0f", total, total - held)
    redis.call("SET", stock_operation, answer, "PX", remember_ms)
    return "refused", false, total, stock_status(total - held, low), total - held
  end
  -- On backorder, units that no warehouse has are booked on the first warehouse, below zero.
  moves[1] = moves[1] + remaining
  if math.abs(levels[1].quantity + moves[1]) > MAX_LEVEL then
    invalid_argument("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
  end

  write_levels(stock, { "total", new_total }, levels, moves)
  local answer = string.format("adjusted %.0f %.0f", new_total, new_total - held)
  redis.call("SET", stock_operation, answer, "PX", remember_ms)
  return "adjusted", false, new_total, stock_status(new_total - held, low), new_total - held
end

return adjust
