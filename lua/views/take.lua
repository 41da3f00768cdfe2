local next_number = require("lib.next_number")
local product_counts = require("lib.views.product_counts")
local stored_integer = require("lib.stored_integer")

-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type batch_limit.
local MAX_PRODUCTS = 100
-- In a batch, the field with the empty name holds the number of the previous batch. No product has
-- an empty name.
local PREVIOUS = ""

--- Takes a numbered batch of counted views, for a worker that writes it to the database.
---
--- The script returns a batch again until it is acknowledged, with the same number and the same
--- counts. So the database can detect a batch that it has already. Each batch has the number of the
--- previous one. So the database can detect a batch that it missed, and data of Redis that is older
--- than its own.
---
--- Numbers rise, with gaps. After a failover, they rise if the clocks of the servers agree. Views
--- that are added meanwhile are in the next batch.
---
---@version 1.0.0
---@param pending_views key.views write
---@param views_batch key.views_batch write
---@param views_sequence key.views_sequence write
---@param limit batch_limit the maximum number of products in a new batch
---@return "batch"|"empty" outcome batch: a batch of counted views; empty: no views were counted
---@return sequence? batch when batch: its number
---@return flat<product_views>? views when batch: each product once, in no order
---@return sequence? previous sometimes when batch: the number of the previous batch; absent for the
---   first one
---@cost O(limit)
---@oom runs it moves stored counts, which the worker then removes
---@resend safe a batch is returned until it is acknowledged; a late call may begin the next batch,
---   which the next call returns
---@role worker
---
---@example Counted views are taken.
---  given  HSET {views} vase 2 lamp 5
---  given  SET {views_sequence} 8000000000000000
---  call   limit=10
---  reply  outcome=batch batch=8000000000000001 views=[["vase",2],["lamp",5]]
---         previous=8000000000000000
---  then   EXISTS {views} = 0
---@example A batch that was not acknowledged is returned again.
---  given  HSET {views} vase 2
---  given  HSET {views_batch} "" 6 lamp 5
---  given  SET {views_sequence} 7
---  call   limit=10
---  reply  outcome=batch batch=7 views=[["lamp",5]] previous=6
---@example A batch whose number is lost is an error, and its views stay.
---  given  HSET {views_batch} "" 6 lamp 5
---  call   limit=10
---  error  CORRUPT views-sequence
---@example Nothing was counted.
---  call   limit=10
---  reply  outcome=empty
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {views} lamp many
---  call   limit=10
---  error  CORRUPT views of a product
local function take(pending_views, views_batch, views_sequence, limit)
  local batch = stored_integer(redis.call("GET", views_sequence), "views-sequence", 0, MAX_SEQUENCE - 2)
  local field_count = redis.call("HLEN", views_batch)
  if field_count > 0 then
    local previous = stored_integer(redis.call("HGET", views_batch, PREVIOUS), "number of the previous batch")
    local product_count = previous and field_count - 1 or field_count
    if product_count < 1 or product_count > MAX_PRODUCTS then
      error({ err = "CORRUPT views-batch" })
    end
    if not batch then
      error({ err = "CORRUPT views-sequence" })
    end
    return "batch", batch, product_counts(redis.call("HGETALL", views_batch)), previous
  end

  local views = product_counts(redis.call("HRANDFIELD", pending_views, limit, "WITHVALUES"))
  if #views == 0 then
    return "empty"
  end
  local products = {}
  -- at most 100 products
  for position = 1, #views, 2 do
    products[#products + 1] = views[position]
  end

  local new_batch = next_number(batch)
  redis.call("SET", views_sequence, new_batch)
  -- at most 200 texts
  redis.call("HSET", views_batch, unpack(views))
  if batch then
    redis.call("HSET", views_batch, PREVIOUS, batch)
  end
  -- at most 100 products
  redis.call("HDEL", pending_views, unpack(products))
  return "batch", new_batch, views, batch
end

return take
