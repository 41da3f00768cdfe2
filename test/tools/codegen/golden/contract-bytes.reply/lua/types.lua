---@meta

--- Names one thing.
---@alias id string
---@range 1..64
---@charset key

--- Names one operation, so that the same call sent twice is known as the same.
---@alias operation string
---@range 1..64
---@charset key
---@default generated

--- Text that is stored and given back as it came.
---@alias payload string
---@range 0..1024
---@charset any

--- A value of a cache as it came: compressed, or in MessagePack.
---@alias entry_body string
---@range 1..1048576
---@charset bytes

--- A checksum of a value. It has always the same length.
---@alias checksum string
---@range 4..4
---@charset bytes

--- Things on a shelf.
---@alias units integer
---@range 0..1000000
---@unit units

--- An event's number in its own stream: higher is later.
---@alias sequence integer
---@range 0..9007199254740991

--- An instant, by Redis's clock.
---@alias epoch_ms integer
---@range 0..8640000000000000
---@unit milliseconds since 1970-01-01 UTC

--- Yes or no.
---@alias flag boolean

--- One shelf and what lies on it.
---@class shelf_level
---@field shelf id
---@field quantity units
