import { Registry } from "prom-client";
import { Observers } from "../../../src/client/call/observer.js";
import type { Observer } from "../../../src/client/index.js";
import { prometheusObserver, shopObserver } from "../../../src/metrics/prometheus.js";
import type { Benchmark } from "../benchmark.js";
import { type Case, figureCase } from "../case.js";
import { compare } from "../support/compare.js";
import { median } from "../support/median.js";
import { fillStock } from "../support/products.js";

const PLAIN = "client path, Moonpath";
const WITH_METRICS = "client path, Moonpath, prom-client";
const SCRIPTS = ["stock.read", "stock.reserve", "price.read", "cache.read"];

export const observers: Benchmark = {
  heading: "Observers",
  method:
    "What observers add to a call. The first cases are differences of loops in one process, with and without the hook, in rounds that take turns. " +
    "The last one is the client's own path as above, with and without `prometheusObserver`, also in turns.",
  async measure(ground) {
    const rounds = ground.isQuick ? 5 : 15;
    const calls = ground.isQuick ? 500_000 : 2_000_000;
    const cases: Case[] = [];
    const inner = (name: string, call: (number: number) => void, atMost: number) => {
      ground.progress(name);
      cases.push(figureCase(name, { ours: addedUs(call, calls, rounds), unit: "us" }, { atMost }));
    };
    inner("no observer: what a call asks", asksOf([]), 0.1);
    inner("prom-client: a call of a script", asksOf([prometheusObserver({ register: new Registry() })]), 1);
    const register = new Registry();
    const both = [prometheusObserver({ register }), shopObserver({ register })];
    inner("prom-client and the shop's names: a hit of a cache", hitsOf(both), 1);
    await fillStock(ground.acme);
    const sides = await ground.start([PLAIN, WITH_METRICS]);
    const load = { shape: "whole", calls: ground.isQuick ? 100_000 : 500_000 } as const;
    const of = await compare(ground, sides, load, { warmUps: 2 });
    const added = of(WITH_METRICS).clientUs - of(PLAIN).clientUs;
    cases.push(
      figureCase(
        "prom-client: what a whole call costs more",
        { ours: added, unit: "us of client CPU" },
        { atMost: 1 },
      ),
    );
    return { cases };
  },
};

/** What the client does for its observers at each call. */
function asksOf(list: readonly Observer[]): (number: number) => void {
  const all = new Observers(list);
  return (number) => {
    if (all.tracing.isOn) throw new Error("nobody traces here");
    if (!all.observesCalls) return;
    const script = SCRIPTS[number & 3] ?? "";
    all.callEnded({ script, version: "1.0.0", outcome: "ok", durationMs: number & 7, attempts: 1 });
  };
}

/** What a cache tells its observers of a hit. */
function hitsOf(list: readonly Observer[]): (number: number) => void {
  return (number) => {
    const cache = SCRIPTS[number & 3] ?? "";
    for (const observer of list) observer.onCacheRequest?.(cache, "hit", "acme", "read_through", undefined);
  };
}

/** The median of what one call adds to an empty loop, in microseconds. */
function addedUs(call: (number: number) => void, calls: number, rounds: number): number {
  const differences: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const isFirst = round % 2 === 0;
    const before = isFirst ? loopMs(nothing, calls) : 0;
    const own = loopMs(call, calls);
    const difference = own - (isFirst ? before : loopMs(nothing, calls));
    if (round > 0) differences.push((difference * 1_000) / calls);
  }
  return Math.max(0, median(differences));
}

function loopMs(call: (number: number) => void, calls: number): number {
  const startedAt = performance.now();
  for (let number = 0; number < calls; number++) call(number);
  return performance.now() - startedAt;
}

function nothing(): void {}
