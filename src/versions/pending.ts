import { backoffMs, redisBackoff } from "../core/backoff.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wait.js";
import { versionDefaults as defaults } from "./defaults.js";

const MAX_AT_ONCE = 64;
const MAX_REPEAT_DELAY_MS = 1_000;

/** Changes of resources that Redis may not know of. Each is told to it until it confirms. */
export class PendingBumps {
  readonly #bump: (resource: string) => Promise<unknown>;
  readonly #onError: OnError | undefined;
  readonly #stopped = new AbortController();
  readonly #pending = new Set<string>();
  /** What was changed lately, the oldest first, and when. */
  readonly #recent = new Map<string, number>();
  #repeating: Promise<void> | undefined;

  constructor(bump: (resource: string) => Promise<unknown>, onError: OnError | undefined) {
    this.#bump = bump;
    this.#onError = onError;
  }

  get size(): number {
    return this.#pending.size;
  }

  has(resource: string): boolean {
    return this.#pending.has(resource);
  }

  add(resource: string): void {
    if (this.#stopped.signal.aborted) return;
    if (this.#pending.size >= defaults.maxPending.value) {
      const message = "too many changes wait for Redis; tags of one resource may match an old version";
      notify(this.#onError, new Error(message));
      return;
    }
    this.#pending.add(resource);
    this.#repeating ??= this.#repeat().finally(() => {
      this.#repeating = undefined;
    });
  }

  /** Redis has confirmed a change. A failover may undo that. */
  confirmed(resource: string): void {
    const now = performance.now();
    this.#recent.delete(resource);
    this.#recent.set(resource, now);
    for (const [oldest, at] of this.#recent) {
      if (this.#recent.size <= defaults.maxRecent.value && at >= now - defaults.recentMs.value) break;
      this.#recent.delete(oldest);
    }
  }

  /** After a failover, the new primary may lack what the old one has confirmed. */
  repeatRecent(): void {
    const oldest = performance.now() - defaults.recentMs.value;
    for (const [resource, at] of this.#recent) if (at >= oldest) this.add(resource);
    this.#recent.clear();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #repeat(): Promise<void> {
    const { signal } = this.#stopped;
    for (let failures = 0; this.#pending.size > 0 && !signal.aborted; ) {
      const batch = [...this.#pending].slice(0, MAX_AT_ONCE);
      const results = await Promise.allSettled(
        batch.map(async (resource) => {
          await this.#bump(resource);
          this.#pending.delete(resource);
          this.confirmed(resource);
        }),
      );
      const failed = results.find(({ status }) => status === "rejected");
      failures = failed ? failures + 1 : 0;
      if (failed?.status !== "rejected") continue;
      notify(this.#onError, asError(failed.reason));
      await pause(Math.min(backoffMs(failures, redisBackoff), MAX_REPEAT_DELAY_MS), signal);
    }
  }
}
