import type { CacheHost } from "../host.js";
import type { TenantState } from "../tenant-state.js";

/** The tags of one tenant, and the clock that their invalidations raise. */
export class TenantTags {
  readonly #host: CacheHost;
  readonly #state: TenantState;
  readonly #timeoutMs: number;

  constructor(host: CacheHost, state: TenantState, timeoutMs: number) {
    this.#host = host;
    this.#state = state;
    this.#timeoutMs = timeoutMs;
  }

  /** From now on, no caller is served an entry with one of the tags. */
  invalidate(tags: readonly string[]): Promise<"done" | "pending"> {
    return this.#change(tags, false);
  }

  /** From now on, entries with one of the tags are expired. */
  expire(tags: readonly string[]): Promise<"done" | "pending"> {
    return this.#change(tags, true);
  }

  async #change(tags: readonly string[], isSoft: boolean): Promise<"done" | "pending"> {
    const { tenant } = this.#state;
    const { invalidations } = this.#host;
    const outcomes = await Promise.all(
      tags.map((name) => invalidations.run({ tenant, kind: "tag", name, isSoft, settleMs: undefined })),
    );
    return outcomes.includes("pending") ? "pending" : "done";
  }

  /** The reading of the tenant's clock. @throws MoonpathError */
  clock(): Promise<number> {
    return this.#state.loadTags.clock(this.#timeoutMs);
  }

  /** The same; undefined if the server has no clock, because nobody has used it for a day. */
  storedClock(): Promise<number | undefined> {
    return this.#host.storedClock(this.#state.tenant, this.#timeoutMs);
  }
}
