local corrupt = require("lib.corrupt")
local next_number = require("lib.next_number")
local product_counts = require("lib.product_counts")
local stored_integer = require("lib.stored_integer")

local MOST_PRODUCTS = 1000
-- No product has an empty name; in a batch, that field holds the number of the batch before.
local PREVIOUS = ""

--- Takes a numbered batch of counted views, to be written to the database.
---
--- A batch that was not acknowledged is given again, with the same number and the same counts, so that the database can tell
--- whether it has it. Each batch names the one before, so that the database can tell whether it missed one, or whether Redis
--- came back older than the database. Numbers rise, with gaps; after a failover, as far as the servers' clocks agree. New views
--- go on being counted meanwhile; they are in the next batch.
---
---@version 1.1.0
---@param live key.views write
---@param taken key.views_batch write
---@param latest key.views_sequence write
---@param limit limit how many products a new batch may hold
---@return "batch"|"empty" outcome
---@return sequence? batch when batch: its number
---@return product_views[]? views when batch: by the products' names
---@return sequence? previous sometimes when batch: the number of the batch before; absent for the first one
---@cost O(limit * log limit)
---@oom runs it moves what is stored already, so that it can leave
---@resend safe a batch is given again until it is acknowledged
---@role worker
---
---@example What was counted is taken.
---  given  HSET {views} vase 2 lamp 5
---  given  SET {views_sequence} 8000000000000000
---  call   limit=10
---  reply  outcome=batch batch=8000000000000001 views=[["lamp",5],["vase",2]] previous=8000000000000000
---  then   EXISTS {views} = 0
---@example A batch that was not acknowledged is given again.
---  given  HSET {views} vase 2
---  given  HSET {views_batch} "" 6 lamp 5
---  given  SET {views_sequence} 7
---  call   limit=10
---  reply  outcome=batch batch=7 views=[["lamp",5]] previous=6
---@example Nothing was counted.
---  call   limit=10
---  reply  outcome=empty
---@example A corrupt count is named, and nothing is written.
---  given  HSET {views} lamp many
---  call   limit=10
---  error  CORRUPT views of a product
local function take(live, taken, latest, limit)
  local batch = stored_integer(redis.call("GET", latest), "views-sequence")
  local held = redis.call("HLEN", taken)
  if held > 0 then
    local before = stored_integer(redis.call("HGET", taken, PREVIOUS), "number of the batch before")
    local products = before and held - 1 or held
    if products < 1 or products > MOST_PRODUCTS or not batch then
      corrupt("views-batch")
    end
    return "batch", batch, product_counts(redis.call("HGETALL", taken)), before
  end

  local views = product_counts(redis.call("HRANDFIELD", live, limit, "WITHVALUES"))
  if #views == 0 then
    return "empty"
  end
  local new_batch = next_number(batch)
  redis.call("SET", latest, new_batch)
  -- at most 1000 products
  for _, viewed in ipairs(views) do
    redis.call("HSET", taken, viewed.product, viewed.count)
    redis.call("HDEL", live, viewed.product)
  end
  if batch then
    redis.call("HSET", taken, PREVIOUS, batch)
  end
  return "batch", new_batch, views, batch
end

return take
