import type { Benchmark, Measured } from "../benchmark.js";
import { type Case, ratioCase, type Target } from "../case.js";
import { stockRead } from "../contestants/hand.js";
import { PRODUCTS, productName, RANDOM_NUMBER } from "../contestants/products.js";
import { redisBenchmark } from "../processes/redis-benchmark.js";
import { type Figures, runRounds } from "../processes/rounds.js";
import { serverCpuUs } from "../processes/server-cpu.js";
import { count, microseconds } from "../report/format.js";
import type { Point } from "../report/plot.js";
import { fillStock } from "../support/products.js";

const IN_FLIGHT = [1, 64, 512, 2_048];
const OURS = "Moonpath";
const CEILING = "redis-benchmark -P 64";
/** The contestants, by the name in the tables. */
const SIDES: Readonly<Record<string, string>> = {
  [OURS]: "stock.read, Moonpath",
  "Moonpath, batching: false": "stock.read, Moonpath with batching: false",
  ioredis: "stock.read, ioredis",
  "ioredis, autopipelining": "stock.read, ioredis with autopipelining",
  "node-redis": "stock.read, node-redis",
};

/** The targets of Moonpath's rate, by the calls in flight and the peer. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, Target>>>> = {
  "512": {
    "ioredis, autopipelining": { atLeast: 4 },
    "node-redis": { atLeast: 2 },
    [CEILING]: { atLeast: 1.5 },
  },
  "2048": { [CEILING]: { atLeast: 1.8 } },
};

type Row = { readonly open: number; readonly figures: ReadonlyMap<string, Figures> };

export const calls: Benchmark = {
  heading: "Calls in flight",
  method:
    "`stock.read` of 1,000 products. So many calls are unanswered at any time. ioredis and node-redis call the same script by EVALSHA. " +
    "`redis-benchmark` shows what the server can do with one EVALSHA for each call.",
  async measure(ground): Promise<Measured> {
    const { acme, redis, server, isQuick } = ground;
    await fillStock(acme);
    const sides = await ground.start(Object.values(SIDES));
    const names = new Map(Object.entries(SIDES).map(([name, contestant]) => [contestant, name]));
    const command = ["evalsha", stockRead.digest, "1", ...stockRead.keys(productName(RANDOM_NUMBER))];
    const size = { calls: isQuick ? 40_000 : 200_000, random: PRODUCTS };
    const ceiling = redisBenchmark(server, [...command, ...stockRead.args().map(String)], size);
    const all = [
      ...sides.map(({ name, process }) => ({ name: names.get(name) ?? name, process })),
      { name: CEILING, process: ceiling },
    ];
    const rows: Row[] = [];
    for (const open of IN_FLIGHT) {
      ground.progress(`${count(open)} in flight`);
      // The ceiling has its own number of calls in flight.
      const load = { shape: "in flight", open, ms: isQuick ? 250 : 500 } as const;
      const repeats = { rounds: isQuick ? 3 : 9, warmUps: isQuick ? 1 : 3 };
      const figuresOf = await runRounds(all, load, repeats, () => serverCpuUs(redis));
      rows.push({ open, figures: new Map(all.map(({ name }) => [name, figuresOf(name)])) });
    }
    return { cases: rows.flatMap(casesOf), tables: rows.map(tableOf), plots: plotsOf(rows) };
  },
};

function casesOf({ open, figures }: Row): Case[] {
  const ours = figures.get(OURS);
  if (ours === undefined) return [];
  return [...figures]
    .filter(([name]) => name !== OURS && !(name === CEILING && open < 512))
    .map(([name, theirs]) =>
      ratioCase(
        `stock.read, ${count(open)} in flight, to ${name}`,
        { ours: ours.perSecond, theirs: theirs.perSecond, unit: "calls/s" },
        TARGETS[open]?.[name],
      ),
    );
}

function tableOf({ open, figures }: Row) {
  return {
    head: [`${count(open)} in flight`, "Calls a second", "Client CPU, us a call", "Server CPU, us a call"],
    rows: [...figures].map(([name, { perSecond, clientUs, serverUs }]) => [
      name,
      count(perSecond),
      name === CEILING ? "" : microseconds(clientUs),
      microseconds(serverUs),
    ]),
  };
}

function plotsOf(rows: readonly Row[]) {
  const points = (figure: (figures: Figures) => number): Point[] =>
    rows.flatMap(({ open, figures }) =>
      [...figures].flatMap(([series, all]) =>
        series === CEILING && figure(all) === 0 ? [] : [{ series, x: count(open), y: figure(all) }],
      ),
    );
  return [
    {
      file: "calls",
      title: "stock.read: calls a second",
      kind: "bars",
      xTitle: "Calls in flight",
      yTitle: "Calls a second",
      points: points(({ perSecond }) => perSecond),
    },
    {
      file: "calls-cpu",
      title: "stock.read: CPU time of the client",
      kind: "bars",
      isLog: true,
      xTitle: "Calls in flight",
      yTitle: "Microseconds a call",
      points: points(({ clientUs }) => clientUs),
    },
  ] as const;
}
