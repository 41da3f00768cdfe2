---@meta

-- Every key that Moonpath's scripts touch, declared once. The generator emits typed key builders and the keyspace map.
-- The braces hold the hash tag: keys with the same tag live on one node of a cluster, so that one script may touch them
-- together. Fields in angle brackets are filled in by the client; <namespace> and <tenant> stand in every pattern, and hold
-- no colon, so that no two sets of fields make the same key.

--- A product's stock: a `level:` and a `seq:` field a warehouse, and the `total` of the levels.
---@alias key.stock string
---@pattern <namespace>:{<tenant>:<product>}:stock
---@holds hash
---@ttl none
---@owner stock

--- The answer that one adjustment of a product's stock was given, kept for when it is sent again.
---@alias key.stock_operation string
---@pattern <namespace>:{<tenant>:<product>}:stock-operation:<operation>
---@holds string
---@ttl remember_ms of stock.adjust
---@owner stock

--- A product's prices in one currency: fields `base`, `base_seq`, `sale`, `sale_seq`, `sale_starts`, `sale_ends`.
---@alias key.price string
---@pattern <namespace>:{<tenant>:<product>}:price:<currency>
---@holds hash
---@ttl none
---@owner price

--- Who holds a lock: fields `owner` and `fence`. The key lives as long as the lease.
---@alias key.lock string
---@pattern <namespace>:{<tenant>:<lock>}:lock
---@holds hash
---@ttl lease_ms of lock.acquire and lock.renew
---@owner lock

--- The last fencing token that a lock gave out.
---@alias key.lock_fence string
---@pattern <namespace>:{<tenant>:<lock>}:lock-fence
---@holds string
---@ttl 1 day after the last grant
---@owner lock

--- The operation that was the first to mark an event.
---@alias key.mark string
---@pattern <namespace>:{<tenant>:<event>}:mark
---@holds string
---@ttl remember_ms of idempotency.mark
---@owner idempotency

--- A request that runs or has run: fields `state` (running, done), `owner`, `fence`, `fingerprint`,
--- `lease_ends` while it runs, `reply` when it is done.
---@alias key.request string
---@pattern <namespace>:{<tenant>:<request>}:request
---@holds hash
---@ttl lease_ms of idempotency.begin and a day while it runs, then remember_ms of idempotency.complete
---@owner idempotency

--- Items by the instant at which they are due.
---@alias key.due string
---@pattern <namespace>:{<tenant>:<set>}:due
---@holds zset
---@ttl none
---@owner expiry

--- Claimed items by the instant until which their worker has them.
---@alias key.processing string
---@pattern <namespace>:{<tenant>:<set>}:processing
---@holds zset
---@ttl none
---@owner expiry

--- How often an item that is due or claimed has been claimed.
---@alias key.attempts string
---@pattern <namespace>:{<tenant>:<set>}:attempts
---@holds hash
---@ttl none
---@owner expiry

--- The items that one claim holds, in the order in which they were handed out; under the empty name, the end of its lease.
---@alias key.claim string
---@pattern <namespace>:{<tenant>:<set>}:claim:<claim>
---@holds zset
---@ttl lease_ms of expiry.claim
---@owner expiry

--- Views not yet taken, by product.
---@alias key.views string
---@pattern <namespace>:{<tenant>:<shard>}:views
---@holds hash
---@ttl none
---@owner views

--- The batch of views that was taken and not yet acknowledged, by product.
---@alias key.views_batch string
---@pattern <namespace>:{<tenant>:<shard>}:views-batch
---@holds hash
---@ttl none
---@owner views

--- The number of the latest batch.
---@alias key.views_sequence string
---@pattern <namespace>:{<tenant>:<shard>}:views-sequence
---@holds string
---@ttl none
---@owner views

--- Remembers that one addition of views was counted.
---@alias key.views_operation string
---@pattern <namespace>:{<tenant>:<shard>}:views-operation:<operation>
---@holds string
---@ttl remember_ms of views.add
---@owner views
