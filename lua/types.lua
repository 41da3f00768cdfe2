---@meta

-- The vocabulary of Moonpath's scripts: every argument and every reply has one of these types.
-- The generator reads this file; so does lua-language-server. A tag below an alias bounds it:
--   @range    least..greatest, inclusive: of the number, or of the text's length in bytes
--   @charset  key (no control characters, no braces) | upper (A-Z) | any
--   @unit     what the number counts
--   @default  generated: a caller who gives none gets a fresh one from the client

--- Names one thing: a product, a warehouse, an owner. Safe as a part of a key.
---@alias id string
---@range 1..256
---@charset key

--- Names one operation, so that the same call sent twice is known as the same.
---@alias operation string
---@range 1..128
---@charset key
---@default generated

--- Names one claim of due items: a new one each time, never a worker's own name.
---@alias claim string
---@range 1..256
---@charset key

--- A digest of what was asked, to tell one request from another under the same name.
---@alias fingerprint string
---@range 1..128
---@charset key

--- A sentence for people: why something failed, without secrets.
---@alias note string
---@range 1..1000
---@charset any

--- Text that is stored and given back as it came, such as a reply's body.
---@alias payload string
---@range 0..1048576
---@charset any

--- An ISO 4217 currency code.
---@alias currency string
---@range 3..3
---@charset upper

--- Things on a shelf, sold or returned.
---@alias units integer
---@range 0..1000000000000
---@unit units

--- Things that somebody wants, at least one.
---@alias quantity integer
---@range 1..1000000000000
---@unit units

--- A level that may be below zero: what is owed to customers on backorder.
---@alias level integer
---@range -1000000000000..1000000000000
---@unit units

--- The levels of all warehouses of a product together, at most 100 of them.
---@alias total integer
---@range -100000000000000..100000000000000
---@unit units

--- What can be sold of a product: the total without what reservations hold. Below zero when shelves hold less than was promised.
---@alias available integer
---@range -200000000000000..100000000000000
---@unit units

--- A movement of units: below zero for a sale, above zero for a return.
---@alias change integer
---@range -1000000000000..1000000000000
---@unit units

--- Money in the currency's smallest unit: pence, cents, yen.
---@alias minor_units integer
---@range 0..1000000000000
---@unit minor units of the currency

--- How often something was seen.
---@alias count integer
---@range 1..9000000000000000
---@unit times

--- How many things one call has dealt with.
---@alias processed integer
---@range 0..1000
---@unit things

--- How many different things were seen, about.
---@alias estimate integer
---@range 0..9000000000000000
---@unit things

--- How many things one call may take or return.
---@alias limit integer
---@range 1..1000
---@unit things

--- A duration, at most 366 days.
---@alias ms integer
---@range 1..31622400000
---@unit milliseconds

--- How long to wait, as of now: 0 for not at all.
---@alias wait_ms integer
---@range 0..8640000000000000
---@unit milliseconds

--- How long something is remembered, for when it is sent again: longer than every retry and redelivery.
---@alias remember_ms integer
---@range 1000..31622400000
---@unit milliseconds

--- An instant, by Redis's clock.
---@alias epoch_ms integer
---@range 0..8640000000000000
---@unit milliseconds since 1970-01-01 UTC

--- A fencing token: higher is later. A store that remembers the highest refuses every write that carries a lower one.
---@alias fence integer
---@range 1..9007199254740991

--- An event's number in its own stream: higher is later.
---@alias sequence integer
---@range 0..9007199254740991

--- Yes or no.
---@alias flag boolean

--- What a shop shows of a product's total.
---@alias stock_status "in_stock"|"low_stock"|"out_of_stock"

--- Which of a product's prices an event sets.
---@alias price_kind "base"|"sale"

--- One warehouse's level of a product.
---@class warehouse_level
---@field warehouse id
---@field quantity level

--- An item that a worker has claimed.
---@class claimed_item
---@field item id
---@field attempts count how often it has been claimed, this time included

--- An item and the instant at which it is due.
---@class due_item
---@field item id
---@field due_ms epoch_ms

--- An item that nobody works on any more.
---@class dead_item
---@field item id
---@field attempts count how often it was claimed
---@field reason note
---@field dead_since_ms epoch_ms

--- A product and how often it was viewed.
---@class product_views
---@field product id
---@field count count
