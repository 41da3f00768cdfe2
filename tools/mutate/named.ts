/** A guard that the model test of its domain must find, in each of 20 runs, if it is gone. */
export interface NamedGuard {
  /** The id of the mutant that removes the guard. */
  readonly id: string;
  /** The domain whose model test runs. */
  readonly domain: string;
  /** The effect of the missing guard. */
  readonly without: string;
}

/** The number of runs of each named guard. */
export const NAMED_REPEATS = 20;

export const NAMED_GUARDS: readonly NamedGuard[] = [
  {
    id: "stock/adjust.lua: remembered => false",
    domain: "stock",
    without: "an operation that is sent again moves its units twice",
  },
  {
    id: "stock/adjust.lua: new_total < held => false",
    domain: "stock",
    without: "a sale takes units that reservations hold",
  },
  {
    id: "stock/adjust.lua: remaining < 0 => false",
    domain: "stock",
    without: "a sale takes more than the warehouses have",
  },
  {
    id: "stock/adjust.lua: not backorder => true",
    domain: "stock",
    without: "a sale on backorder is refused",
  },
  {
    id: "stock/adjust.lua: #levels == 0 => false",
    domain: "stock",
    without: "a product without stock is no longer unknown",
  },
  {
    id: "stock/set_level.lua: last_sequence and sequence < last_sequence => false",
    domain: "stock",
    without: "a late event overwrites a newer level",
  },
  {
    id: "stock/set_level.lua: last_sequence and sequence == last_sequence => false",
    domain: "stock",
    without: "an event that comes twice is applied twice",
  },
  {
    id: "stock/reserve.lua: total - still_held < units => false",
    domain: "stock",
    without: "reservations hold more units than available",
  },
  {
    id: "stock/reserve.lua: held_units ~= units => false",
    domain: "stock",
    without: "the same reservation with other units is accepted",
  },
  {
    id: 'stock/reserve.lua: state == "held" and now < ends_at => false',
    domain: "stock",
    without: "a reservation that is sent again is expired",
  },
  {
    id: "stock/reserve.lua: now < ends_at => true",
    domain: "stock",
    without: "an expired reservation counts as held",
  },
  {
    id: 'stock/reserve.lua: state == "committed" => false',
    domain: "stock",
    without: "a sold reservation is called expired",
  },
  {
    id: "stock/commit.lua: remaining < 0 => false",
    domain: "stock",
    without: "a commit sells more than the warehouses have",
  },
  {
    id: 'stock/commit.lua: state == "committed" => false',
    domain: "stock",
    without: "a reservation is sold twice",
  },
  {
    id: 'stock/commit.lua: state == "expired" or now >= ends_at => false',
    domain: "stock",
    without: "an expired reservation is sold",
  },
  {
    id: 'stock/release.lua: state == "committed" => false',
    domain: "stock",
    without: "units that were sold are released",
  },
  {
    id: 'stock/release.lua: state == "released" => false',
    domain: "stock",
    without: "units are released twice",
  },
  {
    id: "price/set.lua: last_sequence and sequence < last_sequence => false",
    domain: "price",
    without: "a late event overwrites a newer price",
  },
  {
    id: "price/set_sale.lua: ends_at <= starts_at => false",
    domain: "price",
    without: "a sale may end before it starts",
  },
  {
    id: "price/read.lua: now < starts_at => false",
    domain: "price",
    without: "a sale price counts before the sale starts",
  },
  {
    id: "price/read.lua: now < ends_at and sale_minor < base => false",
    domain: "price",
    without: "a sale price no longer counts during the sale",
  },
  {
    id: "price/read.lua: sale_minor < base => true",
    domain: "price",
    without: "a sale above the base price raises the price",
  },
  {
    id: "price/set_sale.lua: last_sequence and sequence <= last_sequence => false",
    domain: "price",
    without: "a late event brings a sale back",
  },
  {
    id: "lock/acquire.lua: holder ~= owner => false",
    domain: "lock",
    without: "a lock that another owner holds is acquired",
  },
  {
    id: 'lock/release.lua: stored[1] ~= owner or stored_integer(stored[2], "fence") ~= fence => false',
    domain: "lock",
    without: "a client without the lock releases it",
  },
  {
    id: 'lock/release.lua: stored_integer(stored[2], "fence") ~= fence => false',
    domain: "lock",
    without: "an earlier holder releases the lock of a later one",
  },
  {
    id: 'lock/renew.lua: stored[1] ~= owner or stored_integer(stored[2], "fence") ~= fence => false',
    domain: "lock",
    without: "a client without the lock renews it",
  },
  {
    id: "idempotency/begin.lua: stored_hash ~= payload_hash => false",
    domain: "idempotency",
    without: "another request under the same name gets the stored reply",
  },
  {
    id: "idempotency/begin.lua: stored_owner ~= owner and now < lease_ends => false",
    domain: "idempotency",
    without: "a request runs twice at the same time",
  },
  {
    id: "idempotency/begin.lua: now < lease_ends => true",
    domain: "idempotency",
    without: "no runner replaces a dead one",
  },
  {
    id: 'idempotency/complete.lua: stored_integer(stored[3], "fence") ~= fence => false',
    domain: "idempotency",
    without: "an overtaken runner records its reply",
  },
  {
    id: 'idempotency/fail.lua: state ~= "running" => false',
    domain: "idempotency",
    without: "a finished request runs again",
  },
  {
    id: "idempotency/mark.lua: marked_by => false",
    domain: "idempotency",
    without: "an event is seen for the first time twice",
  },
  {
    id: "expiry/claim.lua: known_end and known_end >= now => false",
    domain: "expiry",
    without: "a claim that is sent again takes other items",
  },
  {
    id: "lib/expiry/held_items.lua: not lease_ends or lease_ends < now => false",
    domain: "expiry",
    without: "a worker acknowledges items after its lease",
  },
  {
    id: "expiry/renew.lua: stored_end ~= lease_ends_ms => false",
    domain: "expiry",
    without: "a late copy of a renewal prolongs the lease",
  },
  {
    id: "expiry/track.lua: claimed => false",
    domain: "expiry",
    without: "a claimed item becomes due a second time",
  },
  {
    id: "expiry/cancel.lua: first => false",
    domain: "expiry",
    without: "a late copy of a cancellation removes an item that was tracked anew",
  },
  {
    id: 'views/add.lua: redis.call("SET", views_operation, "counted", "NX", "GET", "PX", remember_ms) => false',
    domain: "views",
    without: "views that are sent again count twice",
  },
  {
    id: "views/take.lua: field_count > 0 => false",
    domain: "views",
    without: "a second batch is taken while the first is in flight",
  },
  {
    id: "job/start.lua: last_fence and last_fence > fence => false",
    domain: "job",
    without: "a runner that lost its lock begins a run",
  },
  {
    id: "job/finish.lua: stored[1] ~= run => false",
    domain: "job",
    without: "an earlier run ends a later one",
  },
];
