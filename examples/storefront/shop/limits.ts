/** How long clients may take, and how much they may send. Times are in milliseconds. */
export interface ConnectionLimits {
  /** For the head of a request, from its first byte or from the connection's start. */
  readonly headMs: number;
  /** For the whole request, its body included. */
  readonly requestMs: number;
  /**
   * How often the server looks for requests over their time. Each limit above is exceeded by so
   * much at most.
   */
  readonly checkMs: number;
  /** For a connection between two requests. */
  readonly idleMs: number;
  /** For a connection on which no byte moves in either direction while a request is answered. */
  readonly stalledMs: number;
  /** After an answer that closes the connection, for the client to read it. */
  readonly lingerMs: number;
  readonly bodyBytes: number;
  /**
   * Requests over one connection. The last answer says `connection: close`; further requests are
   * 503.
   */
  readonly requestsPerConnection: number;
  readonly connections: number;
}

export const LIMITS: ConnectionLimits = {
  // A head has a few hundred bytes. Bad lines need a second.
  headMs: 5_000,
  // A body has at most 16 KiB: 10 s are enough at 2 KiB a second.
  requestMs: 10_000,
  // Node's own 30 s would make 5 s into 35 s.
  checkMs: 500,
  // The replay reuses its connections within milliseconds. Another client opens a new one.
  idleMs: 10_000,
  // Above the longest answer: a sale waits 10 s for another process, and its calls have deadlines
  // of 5 to 10 s.
  stalledMs: 60_000,
  // Time for one round trip on a bad line.
  lingerMs: 1_000,
  // The largest body is an event of about 300 bytes.
  bodyBytes: 16_384,
  // Bounds what one connection can collect over time; opening the next one is cheap.
  requestsPerConnection: 10_000,
  // The replay has 64. Each takes a file descriptor, and the usual limit of a process is 1,024.
  connections: 900,
};
