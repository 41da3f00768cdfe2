---@meta

-- The types of all arguments and replies of Moonpath's scripts. The generator and
-- lua-language-server read this file. An alias may have these tags:
--   @range    The least and the greatest number. For a text, they bound its length in bytes.
--   @charset  The characters of a text: `key` (no control characters, no braces), `upper` (A-Z),
--             `digits` (0-9), or `any`.
--   @unit     The unit of a number.
--   @default  `generated`: the client generates a value if the caller gives none.

--- Names one thing, such as a product, a warehouse or an owner. It may be part of a key.
---@alias id string
---@range 1..256
---@charset key

--- Names one operation. If the same call is sent twice, its operation shows that it is the same.
---@alias operation string
---@range 1..128
---@charset key
---@default generated

--- Names one queue of items that come due.
---@alias queue string
---@range 1..240
---@charset key

--- The number of a queue's shard, as text: `0`, `1`, …
---@alias queue_shard string
---@range 1..3
---@charset digits

--- Names one claim of due items. Each claim needs a new name; a worker's name is not enough.
---@alias claim string
---@range 1..256
---@charset key

--- Names the owner of a key in the indexes of its slot: the text of its hash tag, `tenant:product`.
---@alias slot_member string
---@range 3..321
---@charset key

--- A hash of a request's payload. It shows whether two requests with the same name are the same.
---@alias payload_hash string
---@range 1..128
---@charset key

--- A sentence for people, such as the reason of a failure. It must not contain secrets.
---@alias note string
---@range 1..1000
---@charset any

--- A text that is stored and returned unchanged, such as the body of a reply.
---@alias payload string
---@range 0..524288
---@charset any

--- An ISO 4217 currency code.
---@alias currency string
---@range 3..3
---@charset upper

--- Names one sale of a product, such as the campaign that it belongs to.
---@alias sale string
---@range 1..128
---@charset key

--- A number of units in a warehouse.
---@alias units integer
---@range 0..1000000000000
---@unit units

--- A number of units that a customer wants, at least one.
---@alias quantity integer
---@range 1..1000000000000
---@unit units

--- The stock of a product in one warehouse. It is below zero after sales on backorder.
---@alias level integer
---@range -1000000000000..1000000000000
---@unit units

--- The units that have moved in one warehouse: the running sum of sales (below zero) and returns.
--- It begins at 0 with the first event of the warehouse, and again beyond 10^15 units.
---@alias moved integer
---@range -9000000000000000..9000000000000000
---@unit units

--- The sum of the levels of all warehouses of a product. A product has at most 100 warehouses.
---@alias total integer
---@range -100000000000000..100000000000000
---@unit units

--- The units of a product that can be sold: the total minus held units. It is below zero when more
--- units are held than in stock.
---@alias available integer
---@range -200000000000000..100000000000000
---@unit units

--- A change of the stock: below zero for a sale, above zero for a return.
---@alias change integer
---@range -1000000000000..1000000000000
---@unit units

--- An amount of money in the currency's smallest unit, such as pence, cents or yen.
---@alias minor_units integer
---@range 0..1000000000000
---@unit minor units of the currency

--- The number of times that something happened.
---@alias count integer
---@range 1..9000000000000000
---@unit times

--- The number of things that one call has handled.
---@alias processed integer
---@range 0..1000
---@unit things

--- An estimate of the number of different things that were seen.
---@alias estimate integer
---@range 0..9000000000000000
---@unit things

--- The maximum number of things that one call handles or returns.
---@alias limit integer
---@range 1..1000
---@unit things

--- A number of units of a rate limit, at least one. What a unit is, the caller decides: a request, an
--- order, a kilobyte.
---@alias limit_units integer
---@range 1..1000000000
---@unit units of the limit

--- The units of a rate limit that are left, or 0.
---@alias units_left integer
---@range 0..1000000000
---@unit units of the limit

--- How many permits of a name there are.
---@alias permit_count integer
---@range 1..1000
---@unit permits

--- The number of a permit. With N permits, they have the numbers 0 to N - 1.
---@alias permit_number integer
---@range 0..999

--- The maximum number of products in one batch of views.
---@alias batch_limit integer
---@range 1..100
---@unit products

--- The maximum number of items that one call claims, lists or removes.
---@alias item_limit integer
---@range 1..100
---@unit items

--- The maximum number of reservations that one call closes or removes.
---@alias sweep_limit integer
---@range 1..100
---@unit reservations

--- The number of shards of a queue.
---@alias shard_count integer
---@range 1..256
---@unit shards

--- A duration, at most 366 days.
---@alias ms integer
---@range 1..31622400000
---@unit milliseconds

--- How long one attempt to commit a cart may stay undecided.
---@alias prepare_limit_ms integer
---@range 1000..600000
---@unit milliseconds

--- How long a worker is a member of its group.
---@alias worker_lease_ms integer
---@range 1000..600000
---@unit milliseconds

--- A time to wait from now on; 0 means no wait.
---@alias wait_ms integer
---@range 0..8640000000000000
---@unit milliseconds

--- The time for which Redis remembers something, because the same call may be sent again. After
--- this time, the same call runs again as a new one. So it must be longer than all retries and
--- redeliveries together.
---@alias remember_ms integer
---@range 1000..31622400000
---@unit milliseconds

--- A time, by Redis's clock.
---@alias epoch_ms integer
---@range 0..8640000000000000
---@unit milliseconds since 1970-01-01 UTC

--- A fencing token, here called fence; higher is later. A store keeps the highest fence and refuses
--- a write with a lower one.
---@alias fence integer
---@range 1..9007199254740991

--- The number of an event in its own sequence; higher is later.
---@alias sequence integer
---@range 0..9007199254740991

--- A value that is true or false.
---@alias flag boolean

--- Whether a coupon can be redeemed.
---@alias coupon_status "active"|"not_started"|"ended"|"exhausted"

--- The status of a product that a shop shows.
---@alias stock_status "in_stock"|"low_stock"|"out_of_stock"

--- How far a line of a cart has followed the decision. `open`: not yet. `finished`: sold or given back.
--- `set_aside`: it could not follow, and a person must look at it. `discarded`: a person has closed it.
---@alias line_state "open"|"finished"|"set_aside"|"discarded"

--- A list of rows without tables: the fields of all rows, one after another.
---@class flat<T>: any[]

--- The level of a product in one warehouse.
---@class warehouse_level
---@field warehouse id
---@field quantity level
---@field moved moved the running sum of what was sold and returned there

--- The units of one product in a cart.
---@class cart_line
---@field product id
---@field units quantity

--- A line of a cart's record.
---@class recorded_line
---@field product id
---@field units quantity
---@field state line_state

--- An item that a worker has claimed.
---@class claimed_item
---@field item id
---@field attempts count how often the item was claimed, including this claim

--- An item and the time at which it is due.
---@class due_item
---@field item id
---@field due_ms epoch_ms

--- An item that no worker processes any more.
---@class dead_item
---@field item id
---@field attempts count how often the item was claimed
---@field reason note
---@field dead_since_ms epoch_ms

--- A product and the number of its views.
---@class product_views
---@field product id
---@field count count

--- A rate limit: `quota` units each `period_ms`, and at most `burst` units at once.
---@class rate_limit
---@field quota limit_units
---@field period_ms ms
---@field burst limit_units

--- Names one load that may fill a cache entry, and then the entry: random hexadecimal digits.
---@alias fill_id string
---@range 12..12
---@charset key

--- How the value of a cache entry is coded: one character for the codec, one for the compression.
---@alias entry_coding string
---@range 2..2
---@charset key

--- The tokens of a cache entry's tags, as its header has them.
---@alias entry_tokens string
---@range 21..8192
---@charset any

--- The value of a cache entry, coded.
---@alias entry_value string
---@range 0..4194304
---@charset bytes

--- A cache entry: its header line and its value.
---@alias stored_entry string
---@range 1..4202600
---@charset bytes

--- The token of a cache tag: 12 random hexadecimal digits, a full stop, and 8. The first part changes
--- with an invalidation, the second one also with a soft one.
---@alias tag_token string
---@range 21..21
---@charset key

--- The soft part of a tag's token.
---@alias soft_token string
---@range 8..8
---@charset key

--- A reading of a tenant's cache clock. It rises with each invalidation of a tag.
---@alias clock_reading integer
---@range 1..9007199254740991

--- Names a shard that counts entries of a tenant: `0`, `1`, …
---@alias usage_shard string
---@range 1..256
---@charset key

--- A number of entries of a cache.
---@alias entry_count integer
---@range 0..1000000000
---@unit entries

--- The bytes of entries of a cache.
---@alias entry_bytes integer
---@range 0..9007199254740991
---@unit bytes

--- The value of a queued write, as its writer coded it.
---@alias write_value string
---@range 0..4194304
---@charset bytes

--- The values of a batch of writes, one after another.
---@alias batch_values string
---@range 0..25165824
---@charset bytes

--- A number of writes.
---@alias write_count integer
---@range 0..1000000000
---@unit writes

--- The maximum number of writes that one call handles or returns.
---@alias write_limit integer
---@range 1..100
---@unit writes

--- A number of bytes of writes.
---@alias write_bytes integer
---@range 0..9007199254740991
---@unit bytes

--- The bytes of a batch of writes, unless its first write is larger.
---@alias batch_bytes integer
---@range 1..16777216
---@unit bytes

--- How many attempts have failed.
---@alias attempt_count integer
---@range 0..9007199254740991
---@unit attempts

--- A write that waits for the database.
---@class queued_write
---@field key id
---@field sequence sequence its number in the shard
---@field operation id as in the call that queued it
---@field value_bytes write_bytes the length of its value

--- A write that the database has refused.
---@class refused_write
---@field sequence sequence its number in the shard
---@field reason note

--- A write that no worker brings to the database any more.
---@class dead_write
---@field key id
---@field sequence sequence its number in the shard
---@field operation id as in the call that queued it
---@field value_bytes write_bytes the length of its value
---@field reason note
---@field dead_since_ms epoch_ms

--- The version of a resource: random text, which a change replaces.
---@alias version_token string
---@range 16..64
---@charset key

--- A new version of a resource. No two calls may give the same one.
---@alias new_version string
---@range 16..64
---@charset key
---@default generated

--- How long a write of a resource may take.
---@alias write_ms integer
---@range 1000..600000
---@unit milliseconds

--- The number of a write in the database; each write of a resource has a higher one than those before it.
---@alias write_number integer
---@range 0..9000000000000000
