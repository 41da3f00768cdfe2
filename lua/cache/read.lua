local check_hex = require("lib.cache.check_hex")
local entry_head = require("lib.cache.entry_head")
local lease_of = require("lib.cache.lease_of")
local now_ms = require("lib.now_ms")

--- Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
---
--- The caller compares the tokens of the header with the present ones. If one differs, it calls again
--- with `replaces`. A caller that names the fill id of a fresh entry refreshes it early.
---
---@version 1.0.0
---@param cache_entry key.cache_entry read
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block read
---@param fill_id fill_id a new one in each call: the load that gets the lease, and fills
---@param lease_ms ms
---@param replaces fill_id? the caller has the entry with this id already, and wants to replace it
---@param waits flag? the fill or the release shall wake the caller, with a message on the channel with
---   the lease's name
---@return "fresh"|"stale"|"absent"|"foreign" outcome fresh, stale: there is an entry; absent: there is
---   none, or the one to be replaced; foreign: another release of the service wrote it, in a form that
---   this one does not know
---@return stored_entry? stored when fresh|stale
---@return wait_ms? fresh_for_ms when fresh: by Redis's clock
---@return "granted"|"busy"|"blocked"? lease when stale|absent: granted: the caller loads, and fills; busy:
---   another caller loads; blocked: somebody changes the source, so a load must not be stored
---@return ms? lease_ends_in_ms sometimes when stale|absent: when busy
---@cost O(1), plus the length of the entry
---@oom runs otherwise a full server would answer no reading; a lease needs 100 bytes for some seconds
---@resend never a second run would grant a lease again that an invalidation has ended
---@many 100
---
---@example A fresh entry is returned.
---  given  SET {cache_entry} "1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=fresh stored="1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"
---         fresh_for_ms=~
---  then   EXISTS {cache_lease} = 0
---@example A stale entry is returned, and the first caller gets the lease.
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=stale stored="1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"
---         lease=granted
---  then   GET {cache_lease} = aaaaaaaaaaaa
---@example An absent entry that another caller loads; that one is to wake this one.
---  given  SET {cache_lease} bbbbbbbbbbbb PX 5000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000 waits=yes
---  reply  outcome=absent lease=busy lease_ends_in_ms=~
---  then   GET {cache_lease} = "bbbbbbbbbbbb waited"
---@example While somebody changes the source, nobody gets the lease.
---  given  HSET {cache_block} writer:w1 {now+10000}
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=absent lease=blocked
---  then   EXISTS {cache_lease} = 0
---@example A fresh entry is replaced, because one of its tokens is not the present one.
---  given  SET {cache_entry} "1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000 replaces=0123456789ab
---  reply  outcome=absent lease=granted
---@example An entry in another form is left alone.
---  given  SET {cache_entry} "2 something else" PX 600000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=foreign
---  then   EXISTS {cache_lease} = 0
---@example An entry without a header is an error, and no lease is granted.
---  given  SET {cache_entry} "1 is no entry"
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  error  CORRUPT cache entry
local function read(cache_entry, cache_lease, cache_block, fill_id, lease_ms, replaces, waits)
  check_hex("fill_id", fill_id)
  local stored = redis.call("GET", cache_entry)
  local outcome = "absent"
  if stored then
    local fresh_until_ms, stored_id = entry_head(stored)
    if not fresh_until_ms then
      return "foreign"
    end
    if stored_id == replaces then
      stored = nil
    else
      local fresh_for_ms = fresh_until_ms - now_ms()
      if fresh_for_ms > 0 then
        return "fresh", stored, fresh_for_ms
      end
      outcome = "stale"
    end
  end

  if redis.call("HLEN", cache_block) > 0 then
    return outcome, stored or nil, nil, "blocked"
  end
  local held = redis.call("SET", cache_lease, fill_id, "NX", "GET", "PX", lease_ms)
  if not held then
    return outcome, stored or nil, nil, "granted"
  end
  local holder, waited = lease_of(held)
  if waits and not waited then
    redis.call("SET", cache_lease, holder .. " waited", "KEEPTTL")
  end
  return outcome, stored or nil, nil, "busy", math.max(redis.call("PTTL", cache_lease), 1)
end

return read
