import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, Redis } from "ioredis";
import { createMoonpath, type Moonpath, type MoonpathOptions } from "../../../src/index.js";
import { afterTest } from "../cleanup.js";
import { freshNamespace, sharedRedis } from "../redis.js";
import { type Deferred, deferred } from "../wait.js";

/** What the machine may add to a time, while other tests run. */
export const MARGIN_MS = 400;

/** A client that is closed after the test, by default on the shared server and in a fresh namespace. */
export async function openMoonpath(
  options: MoonpathOptions = {},
  redis: Redis | Cluster = sharedRedis(),
): Promise<Moonpath> {
  const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 5_000, ...options });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  return moonpath;
}

/** Several clients in one namespace. Each has its own connection and its own state, as a process has. */
export function openProcesses(count: number, options: MoonpathOptions = {}): Promise<Moonpath[]> {
  const namespace = freshNamespace();
  return Promise.all(Array.from({ length: count }, () => openMoonpath({ namespace, ...options })));
}

/** The processes of a test: two. */
export async function openTwo(options: MoonpathOptions = {}): Promise<readonly [Moonpath, Moonpath]> {
  const [one, other] = await openProcesses(2, options);
  if (!one || !other) throw new Error("there are two");
  return [one, other];
}

/** A loader that a test controls: each call waits until the test lets it return. */
export class GatedLoader<Value> {
  readonly #started: Deferred<void>[] = [];
  readonly #gates: { resolve(value: Value): void; reject(error: unknown): void }[] = [];
  calls = 0;

  readonly load = (): Promise<Value> => {
    const call = this.calls++;
    const loaded = new Promise<Value>((resolve, reject) => {
      this.#gates[call] = { resolve, reject };
    });
    this.#startOf(call).resolve();
    return loaded;
  };

  /** Resolves when the call of this number, from 0 on, has begun. */
  started(call: number): Promise<void> {
    return this.#startOf(call).promise;
  }

  async returns(call: number, value: Value): Promise<void> {
    await this.started(call);
    this.#gates[call]?.resolve(value);
  }

  async throws(call: number, error: unknown): Promise<void> {
    await this.started(call);
    this.#gates[call]?.reject(error);
  }

  #startOf(call: number): Deferred<void> {
    const known = this.#started[call] ?? deferred(`load ${call} begins`);
    this.#started[call] = known;
    return known;
  }
}

/** The result of the work, and the milliseconds that it took. */
export async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly ms: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, ms: performance.now() - startedAt };
}

/** The outcome of work that must not throw. */
export async function thrownBy(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Lets the events that are on their way arrive. */
export function moment(ms = 20): Promise<void> {
  return sleep(ms);
}

/** Rejections that nobody handles during the test. */
export function unhandledRejections(): readonly unknown[] {
  const seen: unknown[] = [];
  const note = (reason: unknown) => void seen.push(reason);
  process.on("unhandledRejection", note);
  afterTest(() => void process.off("unhandledRejection", note));
  return seen;
}
