/** Products whose pages are changed. */
export const PRODUCTS: readonly string[] = Array.from({ length: 8 }, (_, number) => `lamp-${number}`);

/** What a process has answered: the place of the product, its version, and when the request began. */
export type Answer = readonly [product: number, version: number, beganAt: number];

/** What a process has seen since the last report. */
export interface PagesSeen {
  readonly answers: readonly Answer[];
  readonly failed: number;
  /** Answers of its handler, because Redis did not answer. */
  readonly ofOrigin: number;
}

/** A message to a process. */
export type ToPages = { readonly kind: "report" } | { readonly kind: "end" };

/** Milliseconds since 1970, in fractions. All processes of a machine have the same. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Old answers of one process. */
export interface OldAnswers {
  readonly checked: number;
  /** Requests that began later than the bound after a purge's return, and got what was before it. */
  readonly old: number;
  /** The longest time between a purge's return and the begin of a request that was answered without it. */
  readonly oldestMs: number;
}

/** The purges that have returned. */
export class Purges {
  /** By product: the version of each purge, and when it returned. Both rise. */
  readonly #byProduct: { readonly version: number; readonly at: number }[][] = PRODUCTS.map(() => []);

  returned(product: number, version: number): void {
    this.#byProduct[product]?.push({ version, at: epochMs() });
  }

  /** @param boundMsAt how old an answer may be that began at this time */
  check(answers: readonly Answer[], boundMsAt: (beganAt: number) => number): OldAnswers {
    let [old, oldestMs] = [0, 0];
    for (const [product, version, beganAt] of answers) {
      const missed = this.#firstAfter(product, version);
      if (missed === undefined || missed >= beganAt) continue;
      oldestMs = Math.max(oldestMs, beganAt - missed);
      if (beganAt - missed > boundMsAt(beganAt)) old++;
    }
    return { checked: answers.length, old, oldestMs };
  }

  /** When the first purge returned whose version is newer. */
  #firstAfter(product: number, version: number): number | undefined {
    const purges = this.#byProduct[product] ?? [];
    let [low, high] = [0, purges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((purges[middle]?.version ?? 0) > version) high = middle;
      else low = middle + 1;
    }
    return purges[low]?.at;
  }
}
