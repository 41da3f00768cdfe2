/** The longest time of a timer of Node, in milliseconds: about 24.8 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The longest lease, delay and retention that the scripts accept, in milliseconds: 366 days. */
export const MAX_DURATION_MS = 31_622_400_000;
