/** The limits of clients in time, size and number. Times are in milliseconds. */
export interface ConnectionLimits {
  /** For the head of a request, from its first byte or from the start of the connection. */
  readonly headMs: number;
  /** For the whole request, including its body. */
  readonly requestMs: number;
  /**
   * The interval in which the server checks for slow requests. A limit above may be exceeded by
   * this time.
   */
  readonly checkMs: number;
  /** For a connection between two requests. */
  readonly idleMs: number;
  /** For a connection without a byte in either direction during a request. */
  readonly stalledMs: number;
  /** After a reply that closes the connection, so that the client can read it. */
  readonly lingerMs: number;
  readonly bodyBytes: number;
  /**
   * Requests over one connection. The last reply says `connection: close`; further requests are
   * 503.
   */
  readonly requestsPerConnection: number;
  readonly connections: number;
  /** Orders of one customer in a second, and at once after a pause. More are 429. */
  readonly ordersASecond: number;
}

export const LIMITS: ConnectionLimits = {
  // A head has a few hundred bytes. A bad network needs a second for it.
  headMs: 5_000,
  // A body has at most 16 KiB: 10 s are enough at 2 KiB a second.
  requestMs: 10_000,
  // Node's own 30 s would make 5 s into 35 s.
  checkMs: 500,
  // The replay reuses its connections within milliseconds. Another client opens a new one.
  idleMs: 10_000,
  // Longer than the longest reply: a sale waits 10 s for another process, and its calls have
  // deadlines of 5 to 10 s.
  stalledMs: 60_000,
  // The time of one round trip on a bad network.
  lingerMs: 1_000,
  // The largest body is an event of about 300 bytes.
  bodyBytes: 16_384,
  // It limits the memory that one connection can use over time. A new connection costs little.
  requestsPerConnection: 10_000,
  // The replay has 64. Each needs a file descriptor, and a process usually has 1,024.
  connections: 900,
  // The longest invoice becomes seven orders in a row. Nobody types faster.
  ordersASecond: 5,
};
