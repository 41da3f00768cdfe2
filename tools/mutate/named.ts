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
    id: "lib/stock/status_change.lua: status ~= status_before => status == status_before",
    domain: "stock",
    without: "a change of the status is not published",
  },
  {
    id: "stock/watch.lua: sequence <= last_sequence => false",
    domain: "stock",
    without: "a late event watches a product with an old low",
  },
  {
    id: "stock/set_level.lua: sequence <= last_sequence => false",
    domain: "stock",
    without: "a late event overwrites a newer level",
  },
  {
    id: "stock/reserve.lua: now < ends_at => true",
    domain: "stock",
    without: "an expired reservation counts as held",
  },
  {
    id: "stock/reserve.lua: known_units == units => true",
    domain: "stock",
    without: "the same reservation with other units is accepted",
  },
  {
    id: "stock/reserve.lua: total and known_units == units => false",
    domain: "stock",
    without: "a reservation that is sent again is a mismatch",
  },
  {
    id: "lib/reservation/replaced_reservation.lua: ended[position] == name => ended[position] ~= name",
    domain: "stock",
    without: "a replaced hold whose lease has ended frees its units twice",
  },
  {
    id: "stock/resize.lua: remembered => false",
    domain: "stock",
    without: "a late copy of an older resize wins over a newer one",
  },
  {
    id: "stock/resize.lua: available < more => available <= more",
    domain: "stock",
    without: "a reservation cannot take the last units",
  },
  {
    id: "stock/commit.lua: is_over and not retake => false",
    domain: "stock",
    without: "units of an expired reservation are sold",
  },
  {
    id: "stock/commit.lua: missing > 0 => true (3)",
    domain: "stock",
    without: "a payment after the lease is always short",
  },
  {
    id: 'stock/release.lua: state == "expired" => state ~= "expired"',
    domain: "stock",
    without: "a payment after the lease sells the units of a cancelled order",
  },
  {
    id: 'stock/release.lua: state == "held" => false',
    domain: "stock",
    without: "a release frees no units",
  },
  {
    id: "stock/extend.lua: ends_at ~= lease_ends_ms => false",
    domain: "stock",
    without: "a late extension prolongs a lease",
  },
  {
    id: "stock/drop_warehouse.lua: sequence <= last_sequence => false",
    domain: "stock",
    without: "a late event removes a warehouse",
  },
  {
    id: "stock/drop_warehouse.lua: level and level ~= 0 => false",
    domain: "stock",
    without: "a warehouse with units is removed",
  },
  {
    id: "stock/levels.lua: not total => false",
    domain: "stock",
    without: "a product without stock is known",
  },
  {
    id: "lib/stock/stock_levels.lua: lead > 0 => false",
    domain: "stock",
    without: "a sale takes from another warehouse than the fullest",
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
    id: "lib/price/sale_calendar.lua: to <= sale.ends_at => true",
    domain: "price",
    without: "a sale goes on after its end",
  },
  {
    id: "lib/price/sale_calendar.lua: one.amount ~= other.amount => false",
    domain: "price",
    without: "of two sales, the higher price is on",
  },
  {
    id: "lock/acquire.lua: holder == owner => false",
    domain: "lock",
    without: "the holder that asks again is told busy",
  },
  {
    id: "lock/acquire.lua: is_held => false (2)",
    domain: "lock",
    without: "two owners hold a lock",
  },
  {
    id: "lock/acquire.lua: attempt_ended(lock_owner, waits) => false",
    domain: "lock",
    without: "a late copy of an acquire that was busy takes the lock",
  },
  {
    id: "lock/release.lua: holder ~= owner => false",
    domain: "lock",
    without: "an owner releases the lock of another",
  },
  {
    id: "lock/renew.lua: now >= stored_ends_ms => false",
    domain: "lock",
    without: "a lease that has ended goes on",
  },
  {
    id: "lock/renew.lua: stored_ends_ms ~= lease_ends_ms => false",
    domain: "lock",
    without: "a late copy of a renewal prolongs the lease",
  },
  {
    id: "job/start.lua: last_fence > fence or (last_fence == fence and last_number > number) => false",
    domain: "job",
    without: "an old leader's run overwrites a newer one",
  },
  {
    id: "job/start.lua: last_fence == fence and last_number > number => false",
    domain: "job",
    without: "a late start overwrites a newer run under the same fence",
  },
  {
    id: 'job/finish.lua: stored_integer(stored[1], "fence") ~= fence => false',
    domain: "job",
    without: "an old leader ends the run of a new one",
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
    id: "coupon/redeem.lua: first => false",
    domain: "coupon",
    without: "a redemption that is sent again takes its units twice",
  },
  {
    id: 'coupon/redeem.lua: text == "cancelled" => false',
    domain: "coupon",
    without: "a redemption that comes after its release is no outcome",
  },
  {
    id: "coupon/set.lua: sequence <= last_sequence => false",
    domain: "coupon",
    without: "a late event overwrites newer rules",
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
    id: "lock/acquire.lua: is_held => false",
    domain: "lock",
    without: "the holder that asks again is told that its hold has ended",
  },
  {
    id: "lib/price/sale_calendar.lua: sale.starts_at <= from => true",
    domain: "price",
    without: "a sale is on before it starts",
  },
  {
    id: "price/read.lua: now < ends_at => true",
    domain: "price",
    without: "a sale price counts after the sale",
  },
  {
    id: "views/ack.lua: batch < 1 or batch > last_batch => false",
    domain: "views",
    without: "a batch that nobody took is acknowledged",
  },
  {
    id: "idempotency/begin.lua: is_running => false (2)",
    domain: "idempotency",
    without: "two runners run one request",
  },
  {
    id: "idempotency/begin.lua: state and stored_hash ~= payload_hash => false",
    domain: "idempotency",
    without: "another payload gets the reply of the first",
  },
  {
    id: "stock/extend.lua: not known => false",
    domain: "stock",
    without: "an extension of nothing is an error",
  },
  {
    id: 'stock/prepare.lua: redis.call("ZREM", reservation_ends, reservation) => do end',
    domain: "cart",
    without: "a sweep ends a line of a cart that is being committed",
  },
  {
    id: 'stock/release.lua: state == "held" => state ~= "held"',
    domain: "cart",
    without: "a release ends a line of a cart that is being committed",
  },
  {
    id: 'stock/commit.lua: state ~= "held" => state == "held"',
    domain: "cart",
    without: "a single commit sells a line of a cart that is being committed",
  },
  {
    id: "stock/commit.lua: units > unprepared and not backorder => false",
    domain: "cart",
    without: "another sale takes the units of a cart that is being committed",
  },
  {
    id: "stock/prepare.lua: units ~= known_units => units == known_units",
    domain: "cart",
    without: "a line is prepared with other units than those that were paid for",
  },
  {
    id: "stock/prepare.lua: known_fence > fence => false",
    domain: "cart",
    without: "an earlier attempt takes a line from a later one",
  },
  {
    id: "stock/commit_prepared.lua: known_fence ~= fence => false",
    domain: "cart",
    without: "an attempt sells a line of another attempt",
  },
  {
    id: 'stock/release_prepared.lua: state == "prepared" and known_fence > fence => false',
    domain: "cart",
    without: "an earlier attempt gives back a line of a later one",
  },
  {
    id: "cart/decide.lua: stored_fence ~= fence => false",
    domain: "cart",
    without: "an earlier attempt commits the record of a later one",
  },
  {
    id: "cart/decide.lua: not state => false",
    domain: "cart",
    without: "a record that is absent is committed, or is corrupt",
  },
  {
    id: "cart/finish.lua: open > followed => false",
    domain: "cart",
    without: "the record of a committed cart ends before all lines have followed",
  },
  {
    id: "cart/finish.lua: aside == found => true (2)",
    domain: "cart",
    without: "the record of a committed cart ends while a line is set aside",
  },
  {
    id: 'cart/settle.lua: state == "undecided" => state ~= "undecided"',
    domain: "cart",
    without: "a worker aborts a committed cart",
  },
  {
    id: "cart/settle.lua: now < deadline => false",
    domain: "cart",
    without: "a worker aborts an attempt before its time is over",
  },
  {
    id: 'cart/abort.lua: state == "undecided" => state ~= "undecided"',
    domain: "cart",
    without: "a client aborts a committed cart",
  },
  {
    id: 'cart/begin.lua: state == "undecided" and now < deadline => false',
    domain: "cart",
    without: "two attempts to commit one cart run at the same time",
  },
  {
    id: 'stock/prepare.lua: known_fence == fence and state ~= "prepared" => false',
    domain: "cart",
    without: "a late prepare takes a line again that its attempt has given back",
  },
  {
    id: "stock/prepare.lua: not retake => true",
    domain: "cart",
    without: "a line whose lease has ended is never taken again",
  },
];
