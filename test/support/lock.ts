import { setTimeout as pause } from "node:timers/promises";
import { type Cluster, Redis } from "ioredis";
import { createLock, type HeldLocks, type Lock, lockDefaults, WaitQueues } from "../../src/lock/index.js";
import { createMoonpath, type Tenant } from "../../src/moonpath.js";
import type { Address } from "../../src/testing/index.js";
import { afterTest } from "./cleanup.js";
import { freshNamespace, sharedRedis } from "./redis.js";
import { deferred } from "./wait.js";

export interface UserOptions {
  readonly namespace?: string;
  /** Of calls. Default: long enough for a machine that is busy with other tests. */
  readonly deadlineMs?: number;
  /** Of the first waiter of a queue. Default: so seldom that no test can pass by it. */
  readonly pollMs?: number;
  readonly listen?: (tenant: Tenant) => Tenant["listen"];
}

/** One process's view of the locks: a client of its own. */
export interface User {
  readonly redis: Redis | Cluster;
  readonly tenant: Tenant;
  readonly lock: Lock;
  /** How many calls of a script of locks have ended so far, by its name and how they ended. */
  readonly calls: { readonly [script: string]: number };
  /** Resolves at the next end of such a call. */
  called(script: string): Promise<void>;
  /** Resolves when so many of these calls have ended. */
  calledTimes(script: string, count: number): Promise<void>;
  close(): void;
}

export const NEVER_MS = 3_600_000;

export function userOn(redis: Redis | Cluster, options: UserOptions = {}): User {
  const { namespace = freshNamespace(), deadlineMs = 15_000, pollMs = NEVER_MS } = options;
  redis.on("error", () => {});
  const calls: Record<string, number> = {};
  const waiting = new Map<string, () => void>();
  const moonpath = createMoonpath(redis, {
    namespace,
    deadlineMs,
    observers: [
      {
        onCall: ({ script, outcome }) => {
          const name = outcome === "ok" ? script : `${script} ${outcome}`;
          calls[name] = (calls[name] ?? 0) + 1;
          waiting.get(name)?.();
        },
      },
    ],
  });
  const tenant = moonpath.tenant("acme");
  const {
    scope,
    scripts: { lock: scripts },
  } = tenant;
  const called = (name: string) => {
    const ended = deferred(`a call of ${name} ends`);
    waiting.set(name, ended.resolve);
    return ended.promise;
  };
  const waitQueues = new WaitQueues(options.listen?.(tenant) ?? tenant.listen, pollMs);
  return {
    redis,
    tenant,
    lock: createLock({ scope, scripts, waitQueues }),
    calls,
    called,
    async calledTimes(name, count) {
      while ((calls[name] ?? 0) < count) await called(name);
    },
    close: () => moonpath.close(),
  };
}

/** Users with connections of their own to the shared Redis, all of one tenant. */
export function users(count: number, options: UserOptions = {}): [User, User, ...User[]] {
  const namespace = options.namespace ?? freshNamespace();
  const user = () => userOn(sharedRedis(), { ...options, namespace });
  return [user(), user(), ...Array.from({ length: count - 2 }, user)];
}

/**
 * The same user with a connection that is ready and all scripts loaded: short deadlines hold from
 * here on.
 */
export async function warm(user: User): Promise<User> {
  const nobody = { lock: "warm", owner: "nobody", fence: 1, leaseEndsMs: 1, leaseMs: 1 };
  await user.tenant.scripts.lock.renew(nobody, { deadlineMs: 15_000 });
  return user;
}

/** A user behind a proxy whose scripts are loaded. Its connection is closed after the test. */
export async function userBehind({ host, port, password }: Address, deadlineMs: number): Promise<User> {
  const redis = new Redis({ host, port, password, retryStrategy: () => 5 });
  afterTest(() => redis.disconnect());
  return warm(userOn(redis, { deadlineMs }));
}

/** A lock that is held until `open()`; `done` is how its `using` ended. */
export async function hold(user: User, keys: string | readonly string[], options: object = {}) {
  const opened = deferred("the lock is released");
  const inside = deferred<HeldLocks>("the lock is acquired");
  const done = user.lock.using(keys, { leaseMs: NEVER_MS, ...options }, async (held) => {
    inside.resolve(held);
    await opened.promise;
    return "done";
  });
  done.catch(inside.reject);
  return { held: await inside.promise, open: opened.resolve, done };
}

/** Blocks the event loop: no timer runs and no answer is read. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Whether the work is still under way some turns of the event loop later. */
export async function isPending(work: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  const settled = work.catch(() => {});
  return (await Promise.race([settled, pause(20, pending)])) === pending;
}

export const defaultLeaseMs = lockDefaults.leaseMs.value;
