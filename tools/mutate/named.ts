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
    id: "stock/adjust.lua: not backorder => true",
    domain: "stock",
    without: "a sale on backorder is refused",
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
    id: 'stock/commit.lua: state == "committed" => false',
    domain: "stock",
    without: "a reservation is sold twice",
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
    id: 'idempotency/complete.lua: stored_integer(stored[3], "fence") ~= fence => false',
    domain: "idempotency",
    without: "an overtaken runner records its reply",
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
];
