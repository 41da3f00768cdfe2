/** The figures of one cache in all processes, over the last hour or less. Shares are from 0 to 1. */
export interface CacheReport {
  readonly pattern: string;
  /** The experiment and the arm; undefined without an experiment. */
  readonly arm: string | undefined;
  readonly freshMs: number;
  readonly processes: number;
  /** How long the figures were collected, at most. */
  readonly collectedMs: number;
  readonly requests: number;
  readonly requestsPerHour: number;
  /** The share of requests that a stored value has answered. */
  readonly hitShare: number;
  /** Sampled hits by age, in tenths of the fresh time; the eleventh is that of stale hits. */
  readonly ages: readonly number[];
  readonly loads: number;
  readonly loadsPerHour: number;
  /** Milliseconds of one load on average. */
  readonly meanLoadMs: number;
  /** Loads whose value could be compared with the one before, and the share that brought the same value. */
  readonly comparedLoads: number;
  readonly sameValueShare: number;
  /** The share of answers that are older than the source, as estimated from changed values. */
  readonly oldAnswerShare: number;
  /** Followed entries that have ended, and the shares that nobody read, and that were removed unread. */
  readonly endedEntries: number;
  readonly unreadShare: number;
  readonly removedUnreadShare: number;
  /** Bytes of one stored value on average. */
  readonly meanBytes: number;
  /** What to change, in words, and what it would save. */
  readonly advice: readonly string[];
}
