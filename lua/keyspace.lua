---@meta

-- All keys of Moonpath's scripts. The generator makes typed key builders and a map of the keyspace
-- from them. The braces hold the hash tag. Keys with the same tag are on the same node of a
-- cluster, so one script may use them together. The client fills in the fields in angle brackets.
-- Every pattern has <namespace> and <tenant>. These have no colon, so two different sets of fields
-- never make the same key.
--
-- `{<slot of tenant, product>}` is the shortest text that hashes to the same slot of Redis Cluster as
-- `{<tenant>:<product>}`, so one script may use keys with both tags. All products of that slot share
-- such a key, also those of other tenants, so its members name the tenant.

--- The stock of a product: for each warehouse its level as `level:<warehouse>` and its latest event
--- as `event:<warehouse>`, the `total` of the levels, and the units `held` by reservations. An event
--- such as `17 10` is the sequence and the base: the level minus the base is the running sum of
--- sales and returns. A reservation whose lease has ended stays in `held` until a reserve, a sweep
--- or a release ends it. Without `total`, the product has no stock, and forgotten reservations may
--- hold units. Remove a product with stock.forget.
---@alias key.stock string
---@pattern <namespace>:{<tenant>:<product>}:stock
---@holds hash
---@ttl none
---@owner stock
---@evict never

--- The last sequences of warehouses that have no level: forgotten ones, and those of events that
--- were "full". So a late event changes nothing.
---@alias key.past_sequences string
---@pattern <namespace>:{<tenant>:<product>}:past-sequences
---@holds hash
---@ttl 10 minutes
---@owner stock
---@evict never

--- The answer of one adjustment of a product's stock: its outcome, total and available units, then
--- the change, `yes` with backorder, and the warehouse, as in `adjusted 4 4 -8 no berlin`. The
--- script returns it if the same operation is sent again.
---@alias key.stock_operation string
---@pattern <namespace>:{<tenant>:<product>}:stock-operation:<operation>
---@holds string
---@ttl remember_ms of stock.adjust; without stock, at most 10 minutes
---@owner stock
---@evict never

--- The reservations of a product, by id: the state, the units and a time, as in `held 3
--- 1767225600000`. The state is `held`, `committed`, `released` or `expired`. The time is the end of
--- the lease of a held one; a closed one may be removed then.
---@alias key.reservations string
---@pattern <namespace>:{<tenant>:<product>}:reservations
---@holds hash
---@ttl no TTL: a later sweep or reserve removes a closed reservation after remember_ms
---@owner stock
---@evict never

--- The held reservations of a product, by the end of their lease.
---@alias key.reservation_ends string
---@pattern <namespace>:{<tenant>:<product>}:reservation-ends
---@holds zset
---@ttl no TTL: a commit, a release or the end of the lease removes each entry
---@owner stock
---@evict never

--- The closed reservations of a product (committed, released or expired), by the time at which they
--- may be removed.
---@alias key.closed_reservations string
---@pattern <namespace>:{<tenant>:<product>}:closed-reservations
---@holds zset
---@ttl no TTL: a later sweep or reserve removes each entry together with its reservation in
---   `reservations`
---@owner stock
---@evict never

--- Why one call of reserve held no units: the outcome, the available units, the units and the
--- reservation, as in `refused 2 3 cart-1`. So a late copy of the call holds none either.
---@alias key.reserve_operation string
---@pattern <namespace>:{<tenant>:<product>}:reserve-operation:<operation>
---@holds string
---@ttl remember_ms of stock.reserve, at most 10 minutes
---@owner stock
---@evict never

--- Why one call of commit sold no units: the outcome and the reservation, as in `short cart-1`. So a
--- late copy of the call sells none either.
---@alias key.commit_operation string
---@pattern <namespace>:{<tenant>:<product>}:commit-operation:<operation>
---@holds string
---@ttl remember_ms of stock.commit, at most 10 minutes
---@owner stock
---@evict never

--- Why one call of release changed nothing: the outcome and the reservation, as in `unknown cart-1`.
--- So a late copy of the call changes nothing either.
---@alias key.release_operation string
---@pattern <namespace>:{<tenant>:<product>}:release-operation:<operation>
---@holds string
---@ttl remember_ms of stock.release, at most 10 minutes
---@owner stock
---@evict never

--- The answer of one call of forget: the outcome and the number of released reservations, as in
--- `forgotten 2`. So a late copy of the call removes no new stock.
---@alias key.forget_operation string
---@pattern <namespace>:{<tenant>:<product>}:forget-operation:<operation>
---@holds string
---@ttl remember_ms of stock.forget
---@owner stock
---@evict never

--- The products of a slot with reservations, as `tenant:product`, by the time at which the next held
--- lease of the product ends, or a closed reservation may be removed. A later sweep corrects a time
--- that is too early. A message on the channel with the same name says from when on a sweep is
--- needed, if that is earlier than before. If you purge a tenant, remove its members.
---@alias key.slot_due string
---@pattern <namespace>:{<slot of tenant, product>}:slot-due
---@holds zset
---@ttl none
---@owner stock
---@evict never

--- The prices of a product in one currency: fields `base`, `base_seq`, `sale`, `sale_seq`,
--- `sale_starts`, `sale_ends`.
---@alias key.price string
---@pattern <namespace>:{<tenant>:<product>}:price:<currency>
---@holds hash
---@ttl none
---@owner price

--- A lock, as one text: `<fence> <lease_ends_ms> <state> <owner>` of the last hold. The state is
--- `held`; `waited` after a caller has begun to wait; or `released`. The lock is free if it is
--- released or if Redis's clock has reached the end of the lease. The text stays, because the next
--- fence must be higher. A message on the channel with the same name wakes the callers that wait.
---@alias key.lock string
---@pattern <namespace>:{<tenant>:<lock>}:lock
---@holds string
---@ttl until 660,000 ms after the lease ends or lock.release ends it, or after the time of the fence
---   if that is ahead of Redis's clock
---@owner lock
---@evict never

--- Shows that an owner has held a lock, or has given up: the fence, or `busy` or `ended`. It cannot
--- acquire the lock any more.
---@alias key.lock_owner string
---@pattern <namespace>:{<tenant>:<lock>}:lock-owner:<owner>
---@holds string
---@ttl until 660,000 ms after the lease ends; without a lease, 660,000 ms
---@owner lock
---@evict never

--- The operation that first marked an event.
---@alias key.mark string
---@pattern <namespace>:{<tenant>:<event>}:mark
---@holds string
---@ttl remember_ms of idempotency.mark
---@owner idempotency
---@evict never

--- A request: fields `state` (running, done), `owner` (its runner), `fence`, `payload_hash` and
--- `lease_ends_ms`; a done request has `reply` too. After idempotency.fail, only `fence` stays.
---@alias key.request string
---@pattern <namespace>:{<tenant>:<request>}:request
---@holds hash
---@ttl until 1 day after the lease ends, also after idempotency.fail; after completion,
---   remember_ms of idempotency.complete
---@owner idempotency
---@evict never

--- Shows that a runner has had a request, or has given up: the fence, or `busy`, `mismatch` or
--- `ended`. It cannot begin the request any more.
---@alias key.request_owner string
---@pattern <namespace>:{<tenant>:<request>}:request-owner:<owner>
---@holds string
---@ttl until 660,000 ms after the lease ends; without a lease, 660,000 ms
---@owner idempotency
---@evict never

--- Items by the time at which they are due. A message on the channel with the same name reports an
--- item that is due before all others.
---@alias key.due string
---@pattern <namespace>:{<tenant>:<queue>}:due
---@holds zset
---@ttl none
---@owner expiry
---@evict never

--- Claimed items by the time at which their lease ends.
---@alias key.processing string
---@pattern <namespace>:{<tenant>:<queue>}:processing
---@holds zset
---@ttl none
---@owner expiry
---@evict never

--- The number of claims of each due, claimed or dead item.
---@alias key.attempts string
---@pattern <namespace>:{<tenant>:<queue>}:attempts
---@holds hash
---@ttl none
---@owner expiry
---@evict never

--- Dead items by the time at which they became dead. No worker processes them any more.
---@alias key.dead string
---@pattern <namespace>:{<tenant>:<queue>}:dead
---@holds zset
---@ttl none
---@owner expiry
---@evict never

--- The reason why each dead item became dead.
---@alias key.dead_reason string
---@pattern <namespace>:{<tenant>:<queue>}:dead-reason
---@holds hash
---@ttl none
---@owner expiry
---@evict never

--- The items that one claim holds, in the order in which they were claimed. The score of the empty
--- name is the end of the lease.
---@alias key.claim string
---@pattern <namespace>:{<tenant>:<queue>}:claim:<claim>
---@holds zset
---@ttl lease_ms of expiry.claim
---@owner expiry
---@evict never

--- Views that are not in a batch yet, by product.
---@alias key.views string
---@pattern <namespace>:{<tenant>:<shard>}:views
---@holds hash
---@ttl none
---@owner views
---@evict never

--- The views of the batch that was taken and not acknowledged yet, by product. The field with the
--- empty name has the number of the previous batch.
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

--- Shows that one operation has added its views.
---@alias key.views_operation string
---@pattern <namespace>:{<tenant>:<shard>}:views-operation:<operation>
---@holds string
---@ttl remember_ms of views.add
---@owner views
---@evict never

--- The viewers of a product in a period, such as a day: a HyperLogLog, which counts them with an
--- error of about 1 %.
---@alias key.viewers string
---@pattern <namespace>:{<tenant>:<product>}:viewers:<period>
---@holds string
---@ttl remember_ms of views.visit
---@owner views

--- The last run of a job: fields `fence` and `number` (its place among the runs under this fence),
--- `state` (running, done, failed), `started`, `ended` and `note`.
---@alias key.job string
---@pattern <namespace>:{<tenant>:<job>}:job
---@holds hash
---@ttl none
---@owner job
