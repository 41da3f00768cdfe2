/**
 * Scripts that do not yet keep what `test/lua/contract/late-duplicates.test.ts` asks, with the
 * reason. The test fails if one of them passes: remove it from this list then.
 */
export const knownToFail: Readonly<Record<string, string>> = {
  "expiry.cancel": "an old cancel removes an item that was tracked afterwards",
  "expiry.claim": "an old claim whose lease has ended, or that found nothing, claims again",
  "expiry.extend": "an old extend overrides a newer instant; `missing` is not remembered",
  "expiry.renew": "a second run prolongs the lease",
  "expiry.track": "an old track overrides a newer instant, and tracks a finished item again",
  "idempotency.begin": "a second run prolongs the lease; after fail, an old begin runs the request again",
  "job.start": "an old start, two runs later, starts its run again",
  "stock.adjust": "`unknown` is not remembered: an old adjust takes effect after a delivery",
  "stock.commit": "`unknown` and `short` are not remembered: an old commit sells later",
  "stock.release": "`unknown` is not remembered: an old release takes effect after a reserve",
  "stock.reserve": "`refused` and `unknown` are not remembered: an old reserve holds units later",
  "views.visit": "a second run prolongs the TTL, and stores an ended period again",
};
