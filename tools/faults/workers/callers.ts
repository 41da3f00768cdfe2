import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import {
  ADDED_TAG,
  type FromCallers,
  type RoundResult,
  type Row,
  rowsCache,
  type ToCallers,
} from "../support/cache/callers.js";
import { Source } from "../support/cache/source.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Many callers of one process read an entry at once, through the cache or, with the role `plain`, as a
// cache without leases reads it. One load of each entry waits until the run releases it.
const task = taskOf();
const { redis, moonpath } = ownClient(task);
const sourceRedis = new Redis(numberField(task, "sourcePort"), "127.0.0.1", {
  password: textField(task, "sourcePassword"),
});
const source = new Source(sourceRedis, textField(task, "prefix"));
const isPlain = textField(task, "role") === "plain";

/** Callers that follow the first ones. */
const WAVE = 10;
const WAVE_EVERY_MS = 5;
/** After a soft invalidation, a refresh has so long to bring the new value. */
const REFRESH_MS = 20_000;

function say(message: FromCallers): void {
  report(message);
}

let release: () => void = () => {};
let waitingLoad = 1;

async function load(entry: string): Promise<Row> {
  const version = await source.version(entry);
  if ((await source.countLoad(entry)) === waitingLoad) {
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    say({ kind: "loading" });
    await released;
  }
  return { version };
}

const cold = rowsCache(moonpath, load, false).tenant("shop");
const tagged = rowsCache(
  moonpath,
  (entry, tag) => {
    tag(ADDED_TAG);
    return load(entry);
  },
  true,
).tenant("shop");

const loading = new Map<string, Promise<Row>>();

/** GET, else a load that the callers of the process share, and SET. */
async function readPlainly(entry: string): Promise<Row> {
  const known = await redis.get(`${moonpath.namespace}:plain:${entry}`);
  if (known !== null) return { version: Number(known) };
  const shared = loading.get(entry);
  if (shared) return shared;
  const own = load(entry).then(async (row) => {
    await redis.set(`${moonpath.namespace}:plain:${entry}`, row.version, "PX", 600_000);
    return row;
  });
  loading.set(entry, own);
  own.catch(() => {}).finally(() => loading.delete(entry));
  return own;
}

/** The callers of one round. */
class Round {
  readonly #entry: string;
  readonly #isOpen: boolean;
  readonly #waves: Promise<void>[] = [];
  readonly #first: number;
  #isOver = false;
  #calls = 0;
  #stale = 0;
  #failed = 0;

  constructor(entry: string, callers: number, isOpen: boolean) {
    this.#entry = entry;
    this.#isOpen = isOpen;
    this.#first = callers;
  }

  async run(): Promise<void> {
    this.#waves.push(this.#wave(this.#first));
    while (this.#isOpen && !this.#isOver) {
      await pause(WAVE_EVERY_MS);
      // A wave after the end would be awaited by nobody, and fail when the connections close.
      if (!this.#isOver) this.#waves.push(this.#wave(WAVE));
    }
  }

  async end(isSoft: boolean): Promise<RoundResult> {
    this.#isOver = true;
    await Promise.all(this.#waves);
    await this.#wave(WAVE);
    return {
      calls: this.#calls,
      stale: isSoft ? 0 : this.#stale,
      failed: this.#failed,
      isStillOld: !(await this.#becomesNew(isSoft ? REFRESH_MS : 0)),
    };
  }

  async #wave(callers: number): Promise<void> {
    const minVersion = await source.confirmed(this.#entry);
    const answers = await Promise.allSettled(Array.from({ length: callers }, () => this.#read()));
    this.#calls += callers;
    for (const answer of answers) {
      if (answer.status === "rejected" || answer.value === undefined) this.#failed++;
      else if (answer.value.version < minVersion) this.#stale++;
    }
  }

  #read(): Promise<Row | undefined> {
    const entry = this.#entry;
    if (isPlain) return readPlainly(entry);
    return (this.#isOpen ? tagged : cold).getOrLoad({ entry });
  }

  async #becomesNew(limitMs: number): Promise<boolean> {
    const minVersion = await source.confirmed(this.#entry);
    const until = performance.now() + limitMs;
    do {
      if (((await this.#read())?.version ?? 0) >= minVersion) return true;
      await pause(20);
    } while (performance.now() < until);
    return false;
  }
}

let round: Round | undefined;

async function take(message: ToCallers): Promise<void> {
  switch (message.kind) {
    case "round":
      waitingLoad = message.waitingLoad;
      round = new Round(message.entry, message.callers, message.isOpen);
      return round.run();
    case "release":
      release();
      return;
    case "endRound":
      if (!round) throw new Error("no round has begun");
      say({ kind: "ended", result: await round.end(message.isSoft) });
      return;
    case "end":
      moonpath.close();
      redis.disconnect();
      sourceRedis.disconnect();
      process.disconnect();
  }
}

process.on("message", (message) => {
  const parsed: ToCallers = JSON.parse(String(message));
  take(parsed).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
// Errors of the cache are counted by the callers. A rejection that nobody handles ends the process.
await Promise.all([moonpath.ready(), redis.ping(), sourceRedis.ping()]);
say({ kind: "ready" });
