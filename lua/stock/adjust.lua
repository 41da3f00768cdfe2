local corrupt = require("lib.corrupt")
local misuse = require("lib.misuse")
local share_units = require("lib.share_units")
local stock_held = require("lib.stock_held")
local stock_levels = require("lib.stock_levels")
local stock_status = require("lib.stock_status")
local stored_integer = require("lib.stored_integer")

local MOST_UNITS = 1000000000000
local MOST_ANSWERED = 100 * MOST_UNITS

--- Moves units of a product out (a sale) or in (a return), and returns the product's total and status.
---
--- A sale is taken whole or refused whole; what reservations hold, and what is owed on backorder in one warehouse, is not for
--- sale. A lease that is over holds until it is swept, or somebody reserves. A sale on backorder asks for none of this: it takes
--- held units too, and their reservations are "short" until there is stock. Without a warehouse, a sale draws on the fullest one
--- first and a return goes to the emptiest. The answer is remembered: the same operation sent again gets its first answer and
--- moves nothing.
---
---@version 1.1.1
---@param stock key.stock write
---@param answer key.stock_operation write
---@param change change below zero for a sale
---@param warehouse id? only this one; all of them when absent
---@param backorder flag a sale may take the level below zero
---@param low units at or below this many available the product counts as low
---@param remember_ms remember_ms how long the answer is remembered
---@return "adjusted"|"refused"|"unknown" outcome refused: too few units; unknown: no such stock yet, nothing is remembered
---@return flag? repeated when adjusted|refused: this operation had its answer before
---@return total? total when adjusted|refused: over all warehouses, after this operation
---@return stock_status? status when adjusted|refused: of what is available, the total without what is held
---@return available? available when adjusted|refused
---@cost O(W log W), W the product's warehouses, at most 100
---@resend safe within remember_ms, the remembered answer makes a second run change nothing
---
---@example A sale draws on the fullest warehouse first.
---  given  HSET {stock} total 12 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1
---  call   operation=order-1 change=-8 backorder=no low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=4 status=in_stock available=4
---  again  outcome=adjusted repeated=yes total=4 status=in_stock available=4
---  then   HGET {stock} level:paris = 0
---  then   HGET {stock} level:berlin = 4
---@example A sale of more than there is gets refused whole.
---  given  HSET {stock} total 3 level:berlin 2 seq:berlin 9 level:paris 1 seq:paris 1
---  call   operation=order-1 change=-4 backorder=no low=2 remember_ms=60000
---  reply  outcome=refused repeated=no total=3 status=in_stock available=3
---  again  outcome=refused repeated=yes total=3 status=in_stock available=3
---@example What a reservation holds is not for sale.
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
---@example On backorder the level goes below zero.
---  given  HSET {stock} total 1 level:berlin 1 seq:berlin 9
---  call   operation=order-1 change=-4 warehouse=berlin backorder=yes low=2 remember_ms=60000
---  reply  outcome=adjusted repeated=no total=-3 status=out_of_stock available=-3
---  again  outcome=adjusted repeated=yes total=-3 status=out_of_stock available=-3
---@example A product without stock is unknown.
---  call   operation=order-1 change=-4 backorder=no low=2 remember_ms=60000
---  reply  outcome=unknown
---@example A corrupt level is named, and nothing is written.
---  given  HSET {stock} total 1 level:berlin one seq:berlin 9
---  call   operation=order-1 change=-1 backorder=no low=2 remember_ms=60000
---  error  CORRUPT level of a warehouse
local function adjust(stock, answer, change, warehouse, backorder, low, remember_ms)
  local remembered = redis.call("GET", answer)
  if remembered then
    -- Version 1.0.0 remembered no more than the total.
    local outcome, total_then, available_then = string.match(remembered, "^(%a+) (-?%d+) ?(-?%d*)$")
    local total = stored_integer(total_then or "", "stock-operation", -MOST_ANSWERED, MOST_ANSWERED)
    local available = total
    if available_then ~= "" then
      available = stored_integer(available_then or "", "stock-operation", -2 * MOST_ANSWERED, MOST_ANSWERED)
    end
    if outcome == "adjusted" then
      return "adjusted", true, total, stock_status(available, low), available
    elseif outcome == "refused" then
      return "refused", true, total, stock_status(available, low), available
    end
    corrupt("stock-operation")
  end

  local _, held = stock_held(stock)
  local levels = stock_levels(stock)
  local total = 0
  local sources = {}
  -- at most 100 warehouses
  for _, level in ipairs(levels) do
    total = total + level.quantity
    if not warehouse or warehouse == level.warehouse then
      sources[#sources + 1] = level
    end
  end
  if #sources == 0 then
    return "unknown"
  end

  local moves, left = share_units(change, sources)
  local new_total = total + change
  if change < 0 and (left < 0 or new_total < held) and not backorder then
    redis.call("SET", answer, string.format("refused %.0f %.0f", total, total - held), "PX", remember_ms)
    return "refused", false, total, stock_status(total - held, low), total - held
  end
  -- What nobody has falls to the first, on backorder.
  moves[1] = moves[1] + left
  if math.abs(sources[1].quantity + moves[1]) > MOST_UNITS then
    misuse("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
  end

  -- at most 100 warehouses
  for position, source in ipairs(sources) do
    if moves[position] ~= 0 then
      redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
    end
  end
  redis.call("HSET", stock, "total", new_total)
  redis.call(
    "SET",
    answer,
    string.format("adjusted %.0f %.0f", new_total, new_total - held),
    "PX",
    remember_ms
  )
  return "adjusted", false, new_total, stock_status(new_total - held, low), new_total - held
end

return adjust
