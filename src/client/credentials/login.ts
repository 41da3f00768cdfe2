import { type BackoffOptions, backoffMs } from "../../core/backoff.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { printable } from "../../core/printable.js";
import type { Observers } from "../call/observer.js";
import { redacted } from "../call/redact.js";
import type { ConnectionOfIoredis } from "../connection/redis.js";
import { defaults } from "../defaults.js";
import { type Credentials, type CredentialsProvider, checkedCredentials } from "./credentials.js";
import { LiveConnections } from "./live-connections.js";

/**
 * Keeps the login of all connections valid: asks for credentials, sets them where ioredis connects,
 * and logs open connections in again. Its timer keeps no process alive.
 */
export class Login {
  readonly #provider: CredentialsProvider;
  readonly #observers: Observers;
  readonly #onChange: () => void;
  readonly #connections: LiveConnections;
  readonly #watchers = new Set<() => void>();
  #current: Credentials | undefined;
  #generation = 0;
  #error: Error | undefined;
  #renewing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Failures since the last credentials that were new. */
  #failures = 0;
  #isClosed = false;
  #resolveKnown: () => void = () => {};
  readonly #known = new Promise<void>((resolve) => {
    this.#resolveKnown = resolve;
  });

  /** `onChange` is called when there are new credentials. */
  constructor(
    redis: ConnectionOfIoredis,
    provider: CredentialsProvider,
    observers: Observers,
    onChange: () => void = () => {},
  ) {
    this.#provider = provider;
    this.#observers = observers;
    this.#onChange = onChange;
    this.#connections = new LiveConnections(redis, (error) => this.#failed(error));
    this.renew();
  }

  /** It rises with each new set of credentials. */
  get generation(): number {
    return this.#generation;
  }

  /** Why there are no valid credentials; undefined if there are. */
  get error(): Error | undefined {
    if (this.#error || this.#current) return this.#error;
    return new Error("credentials() has not returned yet");
  }

  /** Calls back when `error` may have changed, until the returned function is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** Resolves when the first credentials are there. */
  whenKnown(): Promise<void> {
    return this.#known;
  }

  /** Asks for credentials. Concurrent callers share one request. Never rejects. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#connections.dispose();
  }

  async #renew(): Promise<void> {
    try {
      const credentials = checkedCredentials(await withinLimit(this.#provider));
      if (this.#isClosed) return;
      this.#setError(undefined);
      const isNew = !isSame(credentials, this.#current);
      this.#current = credentials;
      if (isNew) this.#changed(credentials);
      else this.#connections.logIn();
      this.#schedule(this.#delayMs(credentials, isNew));
    } catch (error) {
      this.#failed(error);
    }
  }

  #changed(credentials: Credentials): void {
    this.#failures = 0;
    this.#generation++;
    this.#connections.use({ ...credentials, generation: this.#generation });
    this.#resolveKnown();
    this.#observers.credentialsEnded({ outcome: "renewed", expiresAtMs: credentials.expiresAtMs });
    this.#onChange();
  }

  /** Credentials that come again although they end soon must not make a busy loop. */
  #delayMs({ expiresAtMs }: Credentials, isNew: boolean): number {
    const leftMs = expiresAtMs === undefined ? undefined : expiresAtMs - Date.now();
    const delayMs = leftMs === undefined ? defaults.credentialsMs.value : leftMs * RENEW_AFTER;
    if (delayMs >= defaults.maxReconnectDelayMs.value) return delayMs;
    return Math.max(delayMs, isNew ? defaults.firstDelayMs.value : this.#nextDelayMs());
  }

  #failed(thrown: unknown): void {
    if (this.#isClosed) return;
    const reason = thrown instanceof Error ? thrown.message : "it threw something else than an error";
    // The text may come from a library that repeats what it was given.
    const text = redacted(reason, this.#current ? [this.#current.password] : []);
    this.#setError(new Error(printable(`credentials() gave no valid login: ${text}`)));
    this.#observers.credentialsEnded({ outcome: "failed", expiresAtMs: this.#current?.expiresAtMs });
    this.#schedule(this.#nextDelayMs());
  }

  #setError(error: Error | undefined): void {
    this.#error = error;
    for (const changed of this.#watchers) changed();
  }

  #nextDelayMs(): number {
    this.#failures++;
    return backoffMs(this.#failures, retryDelays);
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.renew(), Math.min(delayMs, MAX_TIMER_MS)).unref();
  }
}

/** The part of their time after which new credentials are asked for. */
const RENEW_AFTER = 0.75;

const retryDelays: BackoffOptions = {
  firstMs: defaults.firstDelayMs.value,
  maxMs: defaults.maxReconnectDelayMs.value,
};

function isSame(one: Credentials, other: Credentials | undefined): boolean {
  return one.username === other?.username && one.password === other?.password;
}

async function withinLimit(provider: CredentialsProvider): Promise<Credentials> {
  const limitMs = defaults.readyMs.value;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${limitMs} ms`)), limitMs).unref();
  });
  try {
    return await Promise.race([provider(), late]);
  } finally {
    clearTimeout(timer);
  }
}
