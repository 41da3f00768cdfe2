import type { CallOptions } from "../../client/index.js";
import { backoffMs, redisBackoff } from "../../core/backoff.js";
import { ArgumentError, MoonpathError } from "../../core/errors.js";
import { notify } from "../../core/notify.js";
import { pause } from "../../core/wait.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { CacheObservers } from "../observed.js";
import { newSoftToken, newTagToken } from "../random-ids.js";
import { EVERY_ENTRY } from "../read/header.js";
import type { TenantScripts } from "../scripts.js";

/** Something to invalidate: an entry, or all entries with a tag. */
export interface Target {
  readonly tenant: string;
  readonly kind: "entry" | "tag";
  readonly name: string;
  /** The old value may be served while a new one is loaded. */
  readonly isSoft: boolean;
  /** For an entry: no load may fill it for so long. */
  readonly settleMs: number | undefined;
}

/**
 * `done`: from now on nobody is served what was stored before. `pending`: Redis did not confirm it. This
 * process serves none of it, and repeats the call until it succeeds; other processes may serve it until
 * then.
 */
export type InvalidationOutcome = "done" | "pending";

/** Options of an invalidation. All may be left out. */
export interface InvalidateOptions {
  /** Milliseconds for which no load fills the entry, because the source may still have the old value. */
  readonly settleMs?: number | undefined;
  /** How many replicas must have it: 0 to 1,000. Default 0. Without them, a failover may lose it. */
  readonly minReplicas?: number | undefined;
  /** Milliseconds until the call ends, and is pending. Default 1,000. */
  readonly deadlineMs?: number | undefined;
}

/** An invalidation that Redis has not confirmed. */
interface Pending {
  readonly target: Target;
  readonly minReplicas?: number | undefined;
}

/** The tenants of a client. */
export interface InvalidatedTenants {
  /** Whether commands of one connection reach all keys in their order. */
  readonly isOneServer: boolean;
  of(tenant: string): InvalidatedTenant;
  readonly observers: CacheObservers | undefined;
}

/** What invalidations need of a tenant. */
export interface InvalidatedTenant {
  readonly scripts: TenantScripts;
  /** Forgets what this process knows of an entry or a tag. */
  forget(kind: Target["kind"], name: string): void;
  /** The entry, or all with the tag, were invalidated. */
  removed(kind: Target["kind"], name: string): void;
}

/** Invalidates, and repeats what Redis has not confirmed, and after a failover what it may have lost. */
export class Invalidations {
  readonly #tenants: InvalidatedTenants;
  readonly #onError: ((error: Error) => void) | undefined;
  readonly #stopped = new AbortController();
  /** By their keys. Those of the entry, the tag or the whole tenant are not served. */
  readonly #pending = new Map<string, Pending>();
  /** When the last one of a key was confirmed: what was read before that is not served either. */
  readonly #confirmedAt = new Map<string, number>();
  #recent: { readonly target: Target; readonly at: number }[] = [];
  /** Tenants of which `#recent` has lost some, and the time of the last one. */
  readonly #overflowed = new Map<string, number>();
  #repeating: Promise<void> | undefined;

  constructor(tenants: InvalidatedTenants, onError?: (error: Error) => void) {
    this.#tenants = tenants;
    this.#onError = onError;
  }

  /** The invalidations that Redis has not confirmed. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Whether `covers` may be true of anything. */
  get hasPending(): boolean {
    return this.#pending.size > 0 || this.#confirmedAt.size > 0;
  }

  /**
   * Whether this process must not serve or fill an entry that it began to read at `sentAt`, because an
   * invalidation of it is pending, or was then.
   */
  covers(tenant: string, entry: string, tags: Iterable<string>, sentAt: number): boolean {
    if (!this.hasPending) return false;
    if (this.#isOpen(tenant, "entry", entry, sentAt)) return true;
    if (this.#isOpen(tenant, "tag", EVERY_ENTRY, sentAt)) return true;
    for (const tag of tags) if (this.#isOpen(tenant, "tag", tag, sentAt)) return true;
    return false;
  }

  async run(target: Target, options: InvalidateOptions = {}): Promise<InvalidationOutcome> {
    const key = keyOf(target);
    const earlier = this.#pending.get(key);
    this.note(target);
    try {
      await this.#send(target, options);
      if (earlier) this.#confirm(key, earlier);
      // One that came since, because of a failover, is repeated.
      const outcome = this.#pending.has(key) ? "pending" : "done";
      this.#tenants.observers?.invalidated(target, outcome);
      return outcome;
    } catch (error) {
      if (error instanceof ArgumentError) {
        // No repetition can succeed.
        this.#recent = this.#recent.filter((recent) => recent.target !== target);
        throw error;
      }
      notify(this.#onError, error instanceof Error ? error : new Error("the invalidation failed"));
      this.#addPending(key, { target, minReplicas: options.minReplicas });
      this.#tenants.observers?.invalidated(target, "pending");
      return "pending";
    }
  }

  /** Rejects if Redis has not confirmed it. The caller keeps the target, and repeats the call. */
  async deliver(target: Target, options: InvalidateOptions = {}): Promise<void> {
    this.note(target);
    try {
      await this.#send(target, options);
    } catch (error) {
      this.#tenants.observers?.invalidated(target, "failed");
      throw error;
    }
    this.#tenants.observers?.invalidated(target, "done");
  }

  /** After a failover, the new primary may lack what the old one has confirmed. */
  repeatRecent(): void {
    const oldest = performance.now() - defaults.recentMs.value;
    this.#recent = this.#recent.filter(({ at }) => at >= oldest);
    for (const { target } of this.#recent) this.#addPending(keyOf(target), { target });
    for (const [tenant, at] of this.#overflowed) {
      if (at >= oldest) this.#addPending(keyOf(wholeOf(tenant)), { target: wholeOf(tenant) });
    }
    this.#overflowed.clear();
  }

  /** Something was invalidated in another way, which a failover may undo too. */
  note(target: Target): void {
    const now = performance.now();
    const { maxRecent, recentMs } = defaults;
    if (this.#recent.length >= maxRecent.value) {
      const young = this.#recent.filter(({ at }) => at >= now - recentMs.value);
      this.#recent = young.splice(-maxRecent.value / 2);
      for (const { target, at } of young) this.#overflowed.set(target.tenant, at);
    }
    this.#recent.push({ target, at: now });
  }

  stop(): void {
    this.#stopped.abort();
  }

  #isOpen(tenant: string, kind: Target["kind"], name: string, sentAt: number): boolean {
    const key = keyOf({ tenant, kind, name, isSoft: false });
    return this.#pending.has(key) || (this.#confirmedAt.get(key) ?? Number.NEGATIVE_INFINITY) > sentAt;
  }

  #confirm(key: string, pending: Pending): void {
    if (this.#pending.get(key) !== pending) return;
    this.#pending.delete(key);
    const now = performance.now();
    this.#confirmedAt.set(key, now);
    // Longer than any reading takes.
    setTimeout(() => {
      if (this.#confirmedAt.get(key) === now) this.#confirmedAt.delete(key);
    }, CONFIRMED_MS).unref();
  }

  #addPending(key: string, pending: Pending): void {
    if (this.#pending.size < defaults.maxPending.value) this.#pending.set(key, pending);
    else {
      const { tenant, isSoft } = pending.target;
      const whole = { ...wholeOf(tenant), isSoft };
      this.#pending.set(keyOf(whole), { ...pending, target: whole });
    }
    this.#repeating ??= this.#repeat().finally(() => {
      this.#repeating = undefined;
    });
  }

  async #repeat(): Promise<void> {
    const { signal } = this.#stopped;
    for (let failures = 0; this.#pending.size > 0 && !signal.aborted; ) {
      const batch = [...this.#pending].slice(0, MAX_AT_ONCE);
      const results = await Promise.allSettled(
        batch.map(async ([key, pending]) => {
          // If it fails again, the others have their turn first.
          this.#pending.delete(key);
          this.#pending.set(key, pending);
          await this.#send(pending.target, { minReplicas: pending.minReplicas });
          this.#confirm(key, pending);
        }),
      );
      const hasFailed = results.some(({ status }) => status === "rejected");
      failures = hasFailed ? failures + 1 : 0;
      if (hasFailed) await pause(Math.min(backoffMs(failures, redisBackoff), MAX_REPEAT_DELAY_MS), signal);
    }
  }

  async #send(target: Target, { minReplicas, deadlineMs }: InvalidateOptions): Promise<void> {
    const options = { minReplicas, deadlineMs };
    const { tenant, kind, name } = target;
    const state = this.#tenants.of(tenant);
    const { scripts } = state;
    // When it is sent, and again at the reply: a reading that was answered between them is too old.
    state.forget(kind, name);
    try {
      await this.#change(scripts, target, options);
      if (!target.isSoft) state.removed(kind, name);
    } finally {
      state.forget(kind, name);
    }
  }

  async #change(
    scripts: TenantScripts,
    { kind, name, isSoft, settleMs }: Target,
    options: Pick<CallOptions, "minReplicas" | "deadlineMs">,
  ): Promise<void> {
    if (kind === "entry") {
      if (isSoft) await scripts.expire({ entry: name }, options);
      else await scripts.invalidate({ entry: name, settleMs }, options);
      return;
    }
    const change = async (): Promise<void> => {
      if (isSoft) await scripts.expireTag({ tag: name, softToken: newSoftToken() }, options);
      else await scripts.invalidateTag({ tag: name, token: newTagToken() }, options);
    };
    // The clock first: otherwise a load could find the new token, and a reading from before it.
    const { isOneServer } = this.#tenants;
    await (isOneServer ? raisedAndChanged(scripts, change, options) : raised(scripts, options).then(change));
    this.#noteClock(scripts, name);
  }

  /** In the background: until then, loads that add the tag themselves store nothing. */
  #noteClock(scripts: TenantScripts, tag: string): void {
    const note = async () => {
      const state = await scripts.readTag({ tag });
      if (state.outcome === "absent" || state.clock !== undefined) return;
      const { reading: clock } = await scripts.openClock({});
      await scripts.setTagClock({ tag, token: state.token, clock });
    };
    note().catch((error: unknown) => {
      if (error instanceof MoonpathError && error.code !== "CLOSED") notify(this.#onError, error);
    });
  }
}

/** Raises the tenant's clock. */
async function raised(scripts: TenantScripts, options: CallOptions): Promise<void> {
  await scripts.raiseClock({}, options);
}

/**
 * Both in one round trip, because one connection keeps their order. A call that was sent again may have
 * overtaken the other one; then the token is changed once more.
 */
async function raisedAndChanged(
  scripts: TenantScripts,
  change: () => Promise<void>,
  options: CallOptions,
): Promise<void> {
  let isRaised = false;
  let isInOrder = true;
  const raising = raised(scripts, options).then(() => {
    isRaised = true;
  });
  const changing = change().then(() => {
    isInOrder = isRaised;
  });
  await Promise.all([raising, changing]);
  if (!isInOrder) await change();
}

/** Everything of a tenant. */
function wholeOf(tenant: string): Target {
  return { tenant, kind: "tag", name: EVERY_ENTRY, isSoft: false, settleMs: undefined };
}

const CONFIRMED_MS = 60_000;
const MAX_AT_ONCE = 64;
const MAX_REPEAT_DELAY_MS = 1_000;

function keyOf({ tenant, kind, name, isSoft }: Omit<Target, "settleMs">): string {
  return `${tenant}\0${kind}\0${name}\0${isSoft ? "soft" : ""}`;
}
