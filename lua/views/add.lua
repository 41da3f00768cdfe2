local misuse = require("lib.misuse")
local stored_integer = require("lib.stored_integer")

local MOST_VIEWS = 9000000000000000

--- Counts views of one or more products, once.
---
---@version 1.0.0
---@param live key.views write
---@param counted key.views_operation write
---@param views product_views[]
---@param remember_ms remember_ms how long the operation is known, should it be sent again
---@return "added"|"repeated" outcome repeated: this operation was counted before
---@cost O(P), P the products given
---@resend safe within remember_ms, the operation is known and counted once
---
---@example Views are counted.
---  given  HSET {views} lamp 4
---  call   operation=page-1 views=[["lamp",1],["vase",2]] remember_ms=60000
---  reply  outcome=added
---  again  outcome=repeated
---  then   HMGET {views} lamp vase = 5 2
---@example An operation that was counted before is not counted again.
---  given  HSET {views} lamp 4
---  given  SET {views_operation} counted
---  call   operation=page-1 views=[["lamp",1]] remember_ms=60000
---  reply  outcome=repeated
---@example A product may be named twice.
---  call   operation=page-1 views=[["lamp",1],["lamp",2]] remember_ms=60000
---  reply  outcome=added
---  again  outcome=repeated
---  then   HGET {views} lamp = 3
---@example A corrupt count is named, and nothing is written.
---  given  HSET {views} vase many
---  call   operation=page-1 views=[["lamp",1],["vase",2]] remember_ms=60000
---  error  CORRUPT views of a product
local function add(live, counted, views, remember_ms)
  if redis.call("GET", counted) then
    return "repeated"
  end

  local totals = {}
  -- at most 1000 products
  for _, viewed in ipairs(views) do
    local before = totals[viewed.product]
    if not before then
      before = stored_integer(redis.call("HGET", live, viewed.product), "views of a product") or 0
    end
    totals[viewed.product] = before + viewed.count
    if totals[viewed.product] > MOST_VIEWS then
      misuse("views.add views: the views of a product stay below 9 * 10^15")
    end
  end

  -- at most 1000 products
  for product, total in pairs(totals) do
    redis.call("HSET", live, product, total)
  end
  redis.call("SET", counted, "counted", "PX", remember_ms)
  return "added"
end

return add
