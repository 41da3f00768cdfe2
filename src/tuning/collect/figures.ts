/** What is counted for each cache. */
export const countNames = [
  "l1Hits",
  "hits",
  "staleHits",
  "misses",
  "joined",
  "bypasses",
  "loads",
  "loadMs",
  "fills",
  "fillBytes",
  /** Loads whose value was compared with the one before, of an entry that had ended by time. */
  "compared",
  "unchanged",
  /** Entries of tracked keys that this process had filled, and that have ended. */
  "ends",
  "endsUnread",
  /** Of these, the ones that ended long before their time: by an invalidation, a write or an eviction. */
  "endsEarly",
  "endsEarlyUnread",
] as const;

export type CountName = (typeof countNames)[number];

/** Histograms, and the number of their places. */
export const listLengths = {
  /** Sampled hits by age, in tenths of the fresh time. The last place has stale hits. */
  ages: 11,
  /** Compared loads by the time since the value was known, in half octaves from 1 ms, in requests. */
  gapRequests: 72,
  /** Of these, the ones with a changed value. */
  gapChanged: 72,
  /** Loads of tracked keys by the requests of a key between two loads, in half octaves. */
  cycleLoads: 40,
  /** The requests of the same cycles. */
  cycleRequests: 40,
} as const;

export type ListName = keyof typeof listLengths;

export const listNames = ["ages", "gapRequests", "gapChanged", "cycleLoads", "cycleRequests"] as const;

/** The figures of one cache. Each only rises while it is collected, so two of them can be subtracted. */
export interface Figures {
  readonly counts: Record<CountName, number>;
  readonly lists: Readonly<Record<ListName, number[]>>;
}

/** Figures that are all 0. */
export function noFigures(): Figures {
  const list = (name: ListName) => new Array<number>(listLengths[name]).fill(0);
  return {
    counts: {
      l1Hits: 0,
      hits: 0,
      staleHits: 0,
      misses: 0,
      joined: 0,
      bypasses: 0,
      loads: 0,
      loadMs: 0,
      fills: 0,
      fillBytes: 0,
      compared: 0,
      unchanged: 0,
      ends: 0,
      endsUnread: 0,
      endsEarly: 0,
      endsEarlyUnread: 0,
    },
    lists: {
      ages: list("ages"),
      gapRequests: list("gapRequests"),
      gapChanged: list("gapChanged"),
      cycleLoads: list("cycleLoads"),
      cycleRequests: list("cycleRequests"),
    },
  };
}

/** Adds figures, `factor` times. -1 subtracts them. */
export function addFigures(to: Figures, more: Figures, factor: 1 | -1 = 1): void {
  for (const name of countNames) to.counts[name] += factor * more.counts[name];
  for (const name of listNames)
    for (const [place, value] of more.lists[name].entries()) addAt(to.lists[name], place, factor * value);
}

/** What has come since. */
export function figuresSince(now: Figures, before: Figures): Figures {
  const since = copyOf(now);
  addFigures(since, before, -1);
  return since;
}

export function copyOf(figures: Figures): Figures {
  const copy = noFigures();
  addFigures(copy, figures);
  return copy;
}

/** Adds to one place of a histogram. The last place has all that is beyond it. */
export function addAt(list: number[], place: number, value: number): void {
  const at = Math.max(0, Math.min(list.length - 1, place));
  list[at] = (list[at] ?? 0) + value;
}

/** The place of a number in half octaves. */
export function halfOctaveOf(value: number): number {
  return Math.max(0, Math.floor(2 * Math.log2(Math.max(1, value))));
}

/** The middle of a half octave. */
export function valueOfHalfOctave(place: number): number {
  return 2 ** ((place + 0.5) / 2);
}

export function sumOf(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0);
}

/** How many readings were answered. */
export function requestsOf({ counts }: Figures): number {
  const { l1Hits, hits, staleHits, misses, joined, bypasses } = counts;
  return l1Hits + hits + staleHits + misses + joined + bypasses;
}

/** How many of them a stored value has answered. */
export function storedAnswersOf({ counts }: Figures): number {
  return counts.l1Hits + counts.hits + counts.staleHits;
}
