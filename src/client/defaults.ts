/** Every default of the client, with the reason for its number. */
export const defaults = {
  namespace: { value: "moonpath", because: "Keys of this package are told apart from others at a glance." },
  deadlineMs: {
    value: 1_000,
    because: "Far over a loaded server's worst answer (tens of ms), far under a visitor's patience.",
  },
  readyMs: {
    value: 10_000,
    because: "The time that ioredis itself allows for one connect; a start may wait longer than a call.",
  },
  retries: {
    value: 20,
    because: "With the delays below about three seconds of trying; the deadline usually ends it first.",
  },
  firstDelayMs: {
    value: 10,
    because: "A cut connection is back within some milliseconds on a local network.",
  },
  maxDelayMs: { value: 250, because: "A failover ends at any moment; nobody should wait long after it." },
  minAttemptMs: {
    value: 10,
    because:
      "A retry with less time left can hardly be answered, and would turn a clear refusal into an unknown outcome.",
  },
  replicaWaitMs: {
    value: 100,
    because: "A replica nearby acknowledges within a few ms; WAIT holds up the whole connection meanwhile.",
  },
  minRefreshIntervalMs: {
    value: 100,
    because: "At most ten readings of the slot table a second, however many calls are in trouble.",
  },
  maxReconnectDelayMs: {
    value: 2_000,
    because: "The longest pause before a lost listener connects again; callers have a fallback meanwhile.",
  },
  heartbeatMs: {
    value: 10_000,
    because: "A listener whose connection fell silent is found out within twice this time.",
  },
  idleListenerMs: {
    value: 5_000,
    because:
      "Waits for locks come in bursts; a connection for each of them would cost more than an idle one.",
  },
  maxRedirects: { value: 8, because: "A moving slot redirects once or twice; more means that tables disagree." },
  loadRetryMs: {
    value: 1_000,
    because: "A refused SCRIPT LOAD is sent at most once a second; until then such calls end at once.",
  },
  maxReloads: { value: 4, because: "The second recovery is atomic, so a third can only mean a broken server." },
} as const satisfies Record<string, { readonly value: number | string; readonly because: string }>;
