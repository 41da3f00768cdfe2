import { setMaxListeners } from "node:events";
import type { BrowseClient, BrowseReply } from "./http.js";
import { type KindName, mix } from "./mix.js";
import type { PlannedRequest } from "./plan.js";
import { DELETED, deletedIn, VersionLog, versionsIn } from "./versions.js";

/** Stale replies that are kept for the report. */
const MAX_STALE_SHOWN = 5;

/** What the requests of one run have found. */
export interface LoadResult {
  readonly requests: number;
  /** By kind, the time of each request in milliseconds. */
  readonly latenciesMs: ReadonlyMap<KindName, readonly number[]>;
  /** Replies that no request of the plan should get. */
  readonly failed: number;
  /** Replies with a version that was older than one whose write had returned before. */
  readonly stale: number;
  readonly staleShown: readonly string[];
  /** Versions of things that a write of the run had changed before. */
  readonly compared: number;
  /** Writes that have returned. */
  readonly written: number;
  readonly unitsSold: number;
}

/** How many visitors send requests at once, and when they stop. */
export interface LoadSize {
  readonly visitors: number;
  readonly seconds: number;
  /** They stop earlier after so many requests. Absent: only the time ends the run. */
  readonly requests?: number | undefined;
}

/**
 * Sends the requests in their order. Each visitor sends the next one when the reply to the last one is
 * there (a closed loop).
 */
export async function sendAll(
  requests: Iterator<PlannedRequest>,
  client: BrowseClient,
  { visitors, seconds, requests: limit = Number.POSITIVE_INFINITY }: LoadSize,
  signal: AbortSignal,
): Promise<LoadResult> {
  // Every request in flight listens to it.
  setMaxListeners(0, signal);
  const results = new Results();
  const endMs = performance.now() + seconds * 1_000;
  let sent = 0;
  const visit = async () => {
    while (sent < limit && performance.now() < endMs && !signal.aborted) {
      const next = requests.next();
      if (next.done) return;
      sent += 1;
      const sentMs = performance.now();
      const reply = await client.send(next.value, signal);
      results.add(next.value, reply, { sentMs, repliedMs: performance.now() });
    }
  };
  await Promise.all(Array.from({ length: visitors }, visit));
  signal.throwIfAborted();
  return results;
}

interface Times {
  readonly sentMs: number;
  readonly repliedMs: number;
}

class Results implements LoadResult {
  readonly latenciesMs = new Map<KindName, number[]>();
  readonly staleShown: string[] = [];
  requests = 0;
  failed = 0;
  stale = 0;
  compared = 0;
  written = 0;
  unitsSold = 0;
  readonly #log = new VersionLog();

  add(request: PlannedRequest, reply: BrowseReply, { sentMs, repliedMs }: Times): void {
    const { kind, about, path } = request;
    this.requests += 1;
    const latencies = this.latenciesMs.get(kind) ?? [];
    latencies.push(repliedMs - sentMs);
    this.latenciesMs.set(kind, latencies);
    const { status, body } = reply;
    if (status !== 200 && status !== 201 && !isExpected(kind, status)) this.failed += 1;
    const seen = versionsIn(body, about);
    if (mix[kind].does === "write") {
      if (status === 200 || status === 201) this.written += 1;
      if (kind === "sale" && Reflect.get(Object(body), "outcome") === "sold") this.unitsSold += 1;
      for (const one of [...seen, ...deletedIn(body)]) this.#log.confirm(one, repliedMs);
      return;
    }
    for (const { name, version } of seen) this.#compare(path, name, version, sentMs);
    // A product that exists must be found.
    const product = /^\/api\/v1\/products\/([^/?]+)/.exec(path)?.[1];
    if (status === 404 && product !== undefined) {
      const least = this.#log.leastAt(`product/${product}`, sentMs);
      if (least !== DELETED) this.#compare(path, `product/${product}`, 0, sentMs);
    }
  }

  #compare(path: string, name: string, version: number, sentMs: number): void {
    const least = this.#log.leastAt(name, sentMs);
    if (least > 0) this.compared += 1;
    if (version >= least) return;
    this.stale += 1;
    if (this.staleShown.length < MAX_STALE_SHOWN)
      this.staleShown.push(`${path} showed version ${version} of ${name} instead of ${least}`);
  }
}

/** A product may not exist yet or any more, and a sale may find it deleted or sold out. */
function isExpected(kind: KindName, status: number): boolean {
  return status === 404 && (kind === "created" || kind === "remove");
}
