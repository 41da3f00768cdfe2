import type { Redis } from "ioredis";
import { type Ground, type Measure, median, timed } from "./benchmark.js";
import { loadPeer } from "./load-peer.js";

const ROUNDS = 9;
/** Calls of a round, one after another. */
const SINGLE = 2_000;
/** Calls of a round at the same time, and how many of them are open. */
const CONCURRENT = 20_000;
const OPEN = 64;
const NAMES = 1_000;
/** A limit that no call reaches. */
const UNITS = 1_000_000_000;
const PERIOD_S = 60;

/** The part of `rate-limiter-flexible` that the bench calls. */
interface PeerLimiter {
  consume(key: string, points: number): Promise<unknown>;
}

type Take = (call: number) => Promise<unknown>;

/** Measures rate limits beside those of rate-limiter-flexible, in one run. */
export async function limits({ acme, redis, progress }: Ground): Promise<readonly Measure[]> {
  const limit = { quota: UNITS, periodMs: PERIOD_S * 1_000 };
  const peer = await peerLimiter(redis);
  const takes: Readonly<Record<string, Take>> = {
    Moonpath: async (call) => {
      const args = { name: `client-${call % NAMES}`, limits: limit };
      const { outcome, degraded } = await acme.limit.take(args, { timeoutMs: 60_000 });
      if (outcome !== "allowed" || degraded) throw new Error(`a take was ${outcome}`);
    },
    "rate-limiter-flexible": (call) => peer.consume(`client-${call % NAMES}`, 1),
  };
  const [single, concurrent] = [new Map<string, number[]>(), new Map<string, number[]>()];
  for (let round = 0; round < ROUNDS; round++) {
    progress(`round ${round + 1} of ${ROUNDS}`);
    // Each comes first in every other round, so that both see the same state of the machine.
    const order = Object.entries(takes);
    for (const [name, take] of round % 2 === 0 ? order : order.toReversed()) {
      add(single, name, SINGLE / (await timed(() => inTurn(take))));
      add(concurrent, name, CONCURRENT / (await timed(() => together(take))));
    }
  }
  return Object.keys(takes).flatMap((name) => [
    { what: `${name}: takes one after another`, figure: perSecond(single, name), ok: true },
    { what: `${name}: takes with ${OPEN} open`, figure: perSecond(concurrent, name), ok: true },
  ]);
}

async function peerLimiter(redis: Redis): Promise<PeerLimiter> {
  const made: unknown = construct(await loadPeer("rate-limiter-flexible"), {
    storeClient: redis,
    points: UNITS,
    duration: PERIOD_S,
  });
  if (!isLimiter(made)) throw new TypeError("rate-limiter-flexible has another form than the bench expects");
  return made;
}

function construct(library: unknown, options: object): unknown {
  const Class: unknown =
    typeof library === "object" && library !== null ? Reflect.get(library, "RateLimiterRedis") : undefined;
  return typeof Class === "function" ? Reflect.construct(Class, [options]) : undefined;
}

function isLimiter(made: unknown): made is PeerLimiter {
  return typeof made === "object" && made !== null && "consume" in made && typeof made.consume === "function";
}

async function inTurn(take: Take): Promise<void> {
  for (let call = 0; call < SINGLE; call++) await take(call);
}

async function together(take: Take): Promise<void> {
  let next = 0;
  const loop = async () => {
    while (next < CONCURRENT) await take(next++);
  };
  await Promise.all(Array.from({ length: OPEN }, loop));
}

function add(rates: Map<string, number[]>, name: string, perMs: number): void {
  rates.set(name, [...(rates.get(name) ?? []), perMs * 1_000]);
}

function perSecond(rates: ReadonlyMap<string, number[]>, name: string): string {
  const rate = median(rates.get(name) ?? []);
  return `${rate.toLocaleString("en-GB", { maximumSignificantDigits: 3 })} a second`;
}
