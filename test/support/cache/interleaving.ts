import { setTimeout as pause } from "node:timers/promises";
import type { Cluster, Redis } from "ioredis";
import * as keys from "../../../generated/ts/keys.js";
import type { Cache } from "../../../src/cache/index.js";
import type { Moonpath } from "../../../src/index.js";
import { type ChangedBy, ENTRIES, type Step } from "./steps.js";

interface Row {
  readonly version: number;
}

/** A source of versions, and processes that read it through their caches. */
export class Interleaving {
  readonly #processes: readonly Moonpath[];
  readonly #redis: Redis | Cluster;
  readonly #tenant: string;
  readonly #caches: readonly Cache<{ readonly entry: string | number }, Row>[];
  readonly #source = new Array<number>(ENTRIES).fill(0);
  /** By process and entry: the version that every later call must see at least. */
  readonly #confirmed: number[][];
  /** With L1, other processes hear of an invalidation a little after it has returned. */
  readonly #hearsLater: boolean;
  readonly #loads: (() => void)[] = [];
  readonly #running: Promise<void>[] = [];
  readonly #changes: Promise<void>[] = [];
  /** Calls that were answered with an older version than they had to be. */
  readonly stale: string[] = [];
  readonly errors: unknown[] = [];
  /** Calls of `getOrLoad`, and calls of the loader. The others got an answer of the cache. */
  calls = 0;
  loads = 0;

  constructor(
    processes: readonly Moonpath[],
    redis: Redis | Cluster,
    tenant: string,
    { hasL1 = false }: { readonly hasL1?: boolean } = {},
  ) {
    this.#processes = processes;
    this.#hearsLater = hasL1;
    this.#confirmed = processes.map(() => new Array<number>(ENTRIES).fill(0));
    this.#redis = redis;
    this.#tenant = tenant;
    this.#caches = processes.map((moonpath) =>
      moonpath.cache({
        pattern: "entry:<entry>",
        freshMs: 60_000,
        loadTimeoutMs: 10_000,
        cacheTimeoutMs: 5_000,
        maxLoads: 1_000,
        loaderTags: true,
        tags: ({ entry }) => [tagOf(Number(entry))],
        load: async ({ entry }, context): Promise<Row> => {
          this.loads++;
          const version = this.#source[Number(entry)] ?? 0;
          context.tag(addedTagOf(Number(entry)));
          await new Promise<void>((resolve) => this.#loads.push(resolve));
          return { version };
        },
        onError: (error) => this.errors.push(error),
      }),
    );
  }

  async run(list: readonly Step[]): Promise<void> {
    // A tag that a loader has added is good from the second load on, if another one was invalidated.
    for (let round = 0; round < 2; round++) {
      const loaded = [...this.#source.keys()].map((entry) =>
        this.#caches[0]?.tenant(this.#tenant).getOrLoad({ entry }),
      );
      await this.#ends(Promise.all(loaded), 0);
    }
    this.loads = 0;
    for (const step of list) await this.#make(step);
    // Loads may lead to further loads.
    await this.#ends(Promise.all(this.#running), 1);
    const { loads } = this;
    await this.#compareAtEnd();
    // The calls of the comparison are not counted either.
    this.loads = loads;
  }

  async #compareAtEnd(): Promise<void> {
    // What is stored at the end is not older than what was confirmed by any process.
    for (const [entry] of this.#source.entries()) {
      const least = Math.max(...this.#confirmed.map((versions) => versions[entry] ?? 0));
      for (const cache of this.#caches) {
        const tenant = cache.tenant(this.#tenant);
        // With L1, a message may still be on its way, for longer on a busy machine.
        await this.#untilNew(`stored at the end: entry ${entry}`, least, async () => {
          const stored = await tenant.get({ entry });
          return stored?.version ?? least;
        });
        await this.#untilNew(`answered at the end: entry ${entry}`, least, async () => {
          const answered = tenant.getOrLoad({ entry });
          await this.#ends(answered, 0);
          return (await answered)?.version ?? -1;
        });
      }
    }
  }

  /** Reads until the version is new enough. Without L1, the first one must be. */
  async #untilNew(what: string, least: number, read: () => Promise<number>): Promise<void> {
    const endAt = performance.now() + (this.#hearsLater ? MESSAGE_MS : 0);
    let version = await read();
    while (version < least && performance.now() < endAt) {
      await pause(5);
      version = await read();
    }
    this.#compare(what, version, least);
  }

  /** Lets all loads return until the calls have ended. */
  async #ends(calls: Promise<unknown>, everyMs: number): Promise<void> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    calls.then(over, over);
    const endAt = performance.now() + ENDS_MS;
    while (!isOver && performance.now() < endAt) {
      for (const resolve of this.#loads.splice(0)) resolve();
      await pause(everyMs);
    }
    if (!isOver)
      throw new Error(`a call has not ended; the errors are ${this.errors.map(String).join(", ")}`);
    await calls;
  }

  async #make(step: Step): Promise<void> {
    switch (step.kind) {
      case "get":
        this.#start(this.#get(step.process, step.entry));
        return;
      case "change":
        return this.#startChange(this.#change(step.process, step.entry, step.by));
      case "write":
        return this.#startChange(this.#write(step.process, step.entry, step.how));
      case "loaded": {
        const resolve = step.newest ? this.#loads.pop() : this.#loads.shift();
        resolve?.();
        return;
      }
      case "leaseEnds":
        await this.#redis.del(keys.cacheLease(this.#scope, nameOf(step.entry)));
        return;
      case "evict":
        await this.#redis.del(this.#evicted(step.what, step.entry));
        return;
      case "loading":
        for (let turn = 0; this.#loads.length === 0 && turn < LOADING_TURNS; turn++) await pause(1);
        return;
      case "confirmed":
        await Promise.all(this.#changes.splice(0));
        return;
      case "tick":
        if (step.ms > 0) await pause(step.ms);
        else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #get(process: number, entry: number): Promise<void> {
    const least = this.#confirmed[process]?.[entry] ?? 0;
    this.calls++;
    const row = await this.#caches[process]?.tenant(this.#tenant).getOrLoad({ entry });
    this.#compare(`entry ${entry} in process ${process}`, row?.version ?? -1, least);
  }

  async #change(process: number, entry: number, by: ChangedBy): Promise<void> {
    const changed = by === "tenant" ? [...this.#source.keys()] : [entry];
    const versions = changed.map((one) => this.#raise(one));
    const moonpath = this.#processes[process];
    const { cache } = moonpath?.tenant(this.#tenant) ?? {};
    const outcome = await {
      key: () => this.#caches[process]?.tenant(this.#tenant).invalidate({ entry }),
      tag: () => cache?.invalidateTags([tagOf(entry)]),
      addedTag: () => cache?.invalidateTags([addedTagOf(entry)]),
      tenant: () => cache?.invalidateAll(),
    }[by]();
    if (outcome !== "done") throw new Error(`the invalidation is ${outcome}`);
    for (const [place, one] of changed.entries()) this.#confirm(process, one, versions[place] ?? 0);
  }

  async #write(process: number, entry: number, how: "through" | "around"): Promise<void> {
    const cache = this.#caches[process]?.tenant(this.#tenant);
    let version = 0;
    const write = async (): Promise<Row> => {
      await pause(1);
      version = this.#raise(entry);
      await pause(1);
      return { version };
    };
    const result = await (how === "through"
      ? cache?.writeThrough({ entry }, write)
      : cache?.writeAround([{ entry }], write));
    if (result?.cache === "pending") throw new Error("the write is pending");
    this.#confirm(process, entry, version);
  }

  #raise(entry: number): number {
    const version = (this.#source[entry] ?? 0) + 1;
    this.#source[entry] = version;
    return version;
  }

  #confirm(process: number, entry: number, version: number): void {
    for (const [place, versions] of this.#confirmed.entries()) {
      if (this.#hearsLater && place !== process) continue;
      versions[entry] = Math.max(versions[entry] ?? 0, version);
    }
  }

  #compare(what: string, version: number, least: number): void {
    if (version < least)
      this.stale.push(`${what}: version ${version}, but ${least} was confirmed before the call`);
  }

  #start(work: Promise<void>): Promise<void> {
    const running = work.catch((error: unknown) => void this.errors.push(error));
    this.#running.push(running);
    return running;
  }

  #startChange(work: Promise<void>): void {
    this.#changes.push(this.#start(work));
  }

  #evicted(what: (Step & { readonly kind: "evict" })["what"], entry: number): string {
    switch (what) {
      case "entry":
        return keys.cacheEntry(this.#scope, nameOf(entry));
      case "token":
        return keys.cacheTag(this.#scope, tagOf(entry));
      case "addedToken":
        return keys.cacheTag(this.#scope, addedTagOf(entry));
      case "everyToken":
        return keys.cacheTag(this.#scope, "*");
      case "clock":
        return keys.cacheClock(this.#scope);
    }
  }

  get #scope() {
    const [moonpath] = this.#processes;
    return { namespace: moonpath?.namespace ?? "", tenant: this.#tenant };
  }
}

/** Longer than all limits of calls and loads together. */
const ENDS_MS = 20_000;

/** A call that is answered without a load ends this wait. */
const LOADING_TURNS = 5;

/** Much longer than a message takes. */
const MESSAGE_MS = 2_000;

const nameOf = (entry: number) => `entry:${entry}`;
const tagOf = (entry: number) => `tag-${entry}`;
const addedTagOf = (entry: number) => `added-${entry}`;
