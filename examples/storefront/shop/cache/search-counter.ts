import type { Tenant } from "../terms.js";
import { DAY_MS, SECOND_MS } from "./pattern-row.js";

/** From so many people in a day on, a search is popular. */
export const POPULAR_SEARCHERS = 5;
const FLUSH_MS = SECOND_MS;
/** The most people in one call of `views.visit`. */
const MAX_VIEWERS = 250;
/** Searches that may wait for one flush. Further ones are not counted. */
const MAX_WAITING = 10_000;

/**
 * Counts in Redis how many people made a search today. Each person counts once, so nobody makes a
 * search popular alone. A process collects the searches of a second, because a hit must not wait.
 */
export class SearchCounter {
  readonly #acme: Tenant;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<string, Set<string>>();
  readonly #timer: NodeJS.Timeout;

  constructor(acme: Tenant, onError: (error: unknown) => void) {
    this.#acme = acme;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Counts a search of one person. */
  add(hash: string, person: string): void {
    const people = this.#waiting.get(hash);
    if (people !== undefined) people.add(person);
    else if (this.#waiting.size < MAX_WAITING) this.#waiting.set(hash, new Set([person]));
  }

  /** Sends what was collected. An error loses the searches of a second, so they are less popular. */
  async flush(): Promise<void> {
    const searches = [...this.#waiting];
    this.#waiting.clear();
    const day = dayOf(Date.now());
    const keepUntilMs = day.startMs + 2 * DAY_MS;
    const calls = searches.flatMap(([hash, people]) =>
      chunksOf([...people], MAX_VIEWERS).map((viewers) =>
        this.#acme.views.visit({ product: nameOf(hash), period: day.name, viewers, keepUntilMs }),
      ),
    );
    for (const result of await Promise.allSettled(calls)) {
      if (result.status === "rejected") this.#onError(result.reason);
    }
  }

  /** Whether so many people made the search today. If Redis does not answer, it is not popular. */
  async isPopular(hash: string): Promise<boolean> {
    try {
      const period = dayOf(Date.now()).name;
      const { viewers } = await this.#acme.views.viewers({ product: nameOf(hash), period });
      return viewers >= POPULAR_SEARCHERS;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  /** Sends the rest, and counts nothing any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}

/** No product has the dot. */
const nameOf = (hash: string) => `search·${hash}`;

function dayOf(ms: number): { readonly name: string; readonly startMs: number } {
  const startMs = Math.floor(ms / DAY_MS) * DAY_MS;
  return { name: new Date(startMs).toISOString().slice(0, 10), startMs };
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
