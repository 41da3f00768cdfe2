---@meta

-- Every key that Moonpath's scripts touch, declared once. The generator emits typed key builders and the keyspace map.
-- The braces hold the hash tag: keys with the same tag live on one node of a cluster, so that one script may touch them
-- together. Fields in angle brackets are filled in by the client; <namespace> and <tenant> stand in every pattern, and hold
-- no colon, so that no two sets of fields make the same key.

--- A product's stock: a `level:` and a `seq:` field a warehouse, the `total` of the levels, and the units `held` by reservations.
--- Remove it only together with the product's reservations and reservation-ends.
---@alias key.stock string
---@pattern <namespace>:{<tenant>:<product>}:stock
---@holds hash
---@ttl none
---@owner stock
---@evict never

--- The answer that one adjustment of a product's stock was given, kept for when it is sent again.
---@alias key.stock_operation string
---@pattern <namespace>:{<tenant>:<product>}:stock-operation:<operation>
---@holds string
---@ttl remember_ms of stock.adjust
---@owner stock
---@evict never

--- A product's reservations, by id: `held`, `committed`, `released` or `expired`, and the units, as in `held 3`.
---@alias key.reservations string
---@pattern <namespace>:{<tenant>:<product>}:reservations
---@holds hash
---@ttl none; what is closed is forgotten remember_ms later, by the next reserve or sweep
---@owner stock
---@evict never

--- A product's reservations, by the instant at which the lease of a held one ends, or a closed one may be forgotten.
---@alias key.reservation_ends string
---@pattern <namespace>:{<tenant>:<product>}:reservation-ends
---@holds zset
---@ttl none; see key.reservations
---@owner stock
---@evict never

--- A product's prices in one currency: fields `base`, `base_seq`, `sale`, `sale_seq`, `sale_starts`, `sale_ends`.
---@alias key.price string
---@pattern <namespace>:{<tenant>:<product>}:price:<currency>
---@holds hash
---@ttl none
---@owner price

--- Who holds a lock: fields `owner` and `fence`, and `waited` once somebody waits for it. The key lives as long as the lease.
--- A message on the channel of the same name wakes who waits.
---@alias key.lock string
---@pattern <namespace>:{<tenant>:<lock>}:lock
---@holds hash
---@ttl lease_ms of lock.acquire and lock.renew
---@owner lock
---@evict never

--- The last fencing token that a lock gave out.
---@alias key.lock_fence string
---@pattern <namespace>:{<tenant>:<lock>}:lock-fence
---@holds string
---@ttl 1 day after the clock has passed the token
---@owner lock
---@evict never

--- The operation that was the first to mark an event.
---@alias key.mark string
---@pattern <namespace>:{<tenant>:<event>}:mark
---@holds string
---@ttl remember_ms of idempotency.mark
---@owner idempotency
---@evict never

--- A request that runs or has run: fields `state` (running, done), `owner`, `fence`, `fingerprint`,
--- `lease_ends` while it runs, `reply` when it is done.
---@alias key.request string
---@pattern <namespace>:{<tenant>:<request>}:request
---@holds hash
---@ttl lease_ms of idempotency.begin and a day while it runs, then remember_ms of idempotency.complete
---@owner idempotency
---@evict never

--- Items by the instant at which they are due. A message on the channel of the same name says that one is due earlier than all
--- before.
---@alias key.due string
---@pattern <namespace>:{<tenant>:<queue>}:due
---@holds zset
---@ttl none
---@owner expiry
---@evict never

--- Claimed items by the instant until which their worker has them.
---@alias key.processing string
---@pattern <namespace>:{<tenant>:<queue>}:processing
---@holds zset
---@ttl none
---@owner expiry
---@evict never

--- How often an item that is due, claimed or dead has been claimed.
---@alias key.attempts string
---@pattern <namespace>:{<tenant>:<queue>}:attempts
---@holds hash
---@ttl none
---@owner expiry
---@evict never

--- Items that nobody works on any more, by the instant at which they were given up.
---@alias key.dead string
---@pattern <namespace>:{<tenant>:<queue>}:dead
---@holds zset
---@ttl none
---@owner expiry
---@evict never

--- Why an item was given up.
---@alias key.dead_reason string
---@pattern <namespace>:{<tenant>:<queue>}:dead-reason
---@holds hash
---@ttl none
---@owner expiry
---@evict never

--- The items that one claim holds, in the order in which they were handed out; under the empty name, the end of its lease.
---@alias key.claim string
---@pattern <namespace>:{<tenant>:<queue>}:claim:<claim>
---@holds zset
---@ttl lease_ms of expiry.claim
---@owner expiry
---@evict never

--- Views not yet taken, by product.
---@alias key.views string
---@pattern <namespace>:{<tenant>:<shard>}:views
---@holds hash
---@ttl none
---@owner views
---@evict never

--- The batch of views that was taken and not yet acknowledged, by product; under the empty name, the number of the batch before.
---@alias key.views_batch string
---@pattern <namespace>:{<tenant>:<shard>}:views-batch
---@holds hash
---@ttl none
---@owner views
---@evict never

--- The number of the latest batch.
---@alias key.views_sequence string
---@pattern <namespace>:{<tenant>:<shard>}:views-sequence
---@holds string
---@ttl none
---@owner views
---@evict never

--- Remembers that one addition of views was counted.
---@alias key.views_operation string
---@pattern <namespace>:{<tenant>:<shard>}:views-operation:<operation>
---@holds string
---@ttl remember_ms of views.add
---@owner views
---@evict never

--- Who viewed a product in a period, such as a day: a HyperLogLog, which counts them with an error of about 1 %.
---@alias key.viewers string
---@pattern <namespace>:{<tenant>:<product>}:viewers:<period>
---@holds string
---@ttl remember_ms of views.visit
---@owner views

--- A job's last run: fields `run` (its name), `previous` (the run before), `fence`, `state` (running, done, failed), `started`, `ended`, `note`.
---@alias key.job string
---@pattern <namespace>:{<tenant>:<job>}:job
---@holds hash
---@ttl none
---@owner job
