import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of the client, each with the reason for its value. */
export const defaults = {
  namespace: { value: "moonpath", because: "It marks the keys of this package." },
  deadlineMs: {
    value: 1_000,
    because: "A loaded server replies within some tens of ms, and a visitor waits longer than a second.",
  },
  order: {
    value: "slot",
    because: "With strict, calls of other scripts in between divide a batch.",
  },
  readyMs: {
    value: 10_000,
    because: "ioredis allows this time for one connect, and a start may wait longer than a call.",
  },
  retries: {
    value: 20,
    because: "With the delays below they take about three seconds; the deadline usually ends them first.",
  },
  firstDelayMs: {
    value: 10,
    because: "On a local network, a lost connection is back within some milliseconds.",
  },
  maxDelayMs: {
    value: 250,
    because: "A failover may end at any moment, and a call should not wait long after it.",
  },
  minAttemptMs: {
    value: 10,
    because: "A retry with less time can hardly get a reply, so its outcome would be unknown.",
  },
  credentialsMs: {
    value: 600_000,
    because: "The shortest common token lives 15 minutes, and a late renewal would end connections.",
  },
  minReplicas: { value: 0, because: "Without replicas, a higher number would fail every writing call." },
  replicaWaitMs: {
    value: 100,
    because: "A nearby replica acknowledges within a few ms, and WAIT blocks the whole connection.",
  },
  minRefreshIntervalMs: {
    value: 100,
    because: "The client reads the slot table at most ten times a second, even if many calls fail.",
  },
  maxReconnectDelayMs: {
    value: 2_000,
    because: "A listener reconnects soon; until then its callers poll.",
  },
  heartbeatMs: {
    value: 10_000,
    because: "A listener notices a dead connection within twice this time.",
  },
  idleListenerMs: {
    value: 5_000,
    because: "Waits for locks come in bursts, and an idle connection costs less than a new one for each.",
  },
  maxRedirects: {
    value: 8,
    because: "A slot that is moved redirects once or twice; more redirects mean that nodes disagree.",
  },
  maxManyCalls: {
    value: 10_000,
    because: "This process takes some tens of ms to encode so many calls, and other work waits for it.",
  },
  maxBatchLength: {
    value: 1_000_000,
    because: "A server reads a command of a megabyte in about a millisecond, and other clients wait for it.",
  },
  maxBatchCalls: {
    value: 128,
    because: "More calls in one command gained nothing clear; 32 lost 20 to 30 % of the rate.",
  },
  maxSharedLength: {
    value: 65_536,
    because: "A larger command would delay the small calls that leave with it.",
  },
  maxUnansweredCalls: {
    value: 256,
    because: "Two full batches keep the server busy, and later calls gather for the next one.",
  },
  maxLoneUnansweredCalls: {
    value: 4_096,
    because: "Calls by themselves gain nothing by waiting, but the server should not have too many.",
  },
  maxIdleCalls: {
    value: 32,
    because: "With fewer unanswered calls, the server is soon idle while this process makes the next calls.",
  },
  minEarlyCalls: {
    value: 16,
    because: "A smaller batch costs the server more for each call than it wins by an early start.",
  },
  maxEarlyCalls: {
    value: 128,
    because: "It is one full batch.",
  },
  maxJoinMs: {
    value: 1,
    because: "A batch has one deadline, so a call ends at most this time before its own.",
  },
  maxEndedCalls: {
    value: 2_000,
    because: "So many calls end within a few ms. Then other events run before more of them end.",
  },
  maxBatchReloads: {
    value: 2,
    because: "A script that is missing again is lost all the time; then each call loads it atomically.",
  },
  loadRetryMs: {
    value: 1_000,
    because: "A refused SCRIPT LOAD is sent at most once a second; until then such calls fail at once.",
  },
  maxReloads: {
    value: 4,
    because: "The second reload is atomic, so a third one means that the server is defective.",
  },
} as const satisfies DefaultsTable;
