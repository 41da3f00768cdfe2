import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { ensureNginx } from "../../servers/install.js";
import { startNginxServer } from "../../servers/nginx.js";
import type { Benchmark, Ground } from "../benchmark.js";
import { type Case, figureCase, ratioCase, type Target } from "../case.js";
import { bundleWorker } from "../processes/worker-bundle.js";
import { median } from "../support/median.js";
import { type HttpServerKind, HttpServerProcess } from "./server-process.js";

const ENTRY = fileURLToPath(new URL("server.ts", import.meta.url));
const CONNECTIONS = 50;
const WARM_UP_SECONDS = 2;
/** So many times, new processes are measured. */
const STARTS = 5;
const ROUNDS = 2;

const FRAMEWORKS = ["fastify", "node"] as const;

/** What is compared: the requests per second of a hit, to those of a route without a cache. */
interface Comparison {
  readonly name: string;
  readonly ours: HttpServerKind["cache"];
  readonly theirs: HttpServerKind["handler"];
  readonly target: Target | undefined;
}

const COMPARISONS: readonly Comparison[] = [
  {
    name: "hit in L1, to a route that has the bytes",
    ours: "checked",
    theirs: "memory",
    target: { atLeast: 0.85 },
  },
  { name: "hit in L1, to a handler with one GET", ours: "checked", theirs: "get", target: { atLeast: 1 } },
  {
    name: "hit in L1 without the check, to a route that has the bytes",
    ours: "tracked",
    theirs: "memory",
    target: undefined,
  },
  { name: "hit in Redis, to a handler with one GET", ours: "redis", theirs: "get", target: { atLeast: 1 } },
];

export const http: Benchmark = {
  heading: "HTTP cache",
  method:
    `autocannon with ${CONNECTIONS} connections asks for one product of 1 KB. Each server is a process of its own. All take turns in ${ROUNDS} rounds, ${STARTS} times with new processes. ` +
    "The handlers of both sides answer the same bytes. `CPU` is the time of the server's process for a request.",
  async measure(ground) {
    const cases: Case[] = [];
    for (const framework of FRAMEWORKS) cases.push(...(await compare(ground, framework)));
    if ((await ensureNginx()) === undefined) cases.push(await besideNginx(ground));
    return { cases };
  },
};

interface Side {
  readonly kind: HttpServerKind;
  readonly rates: number[];
  readonly cpuUs: number[];
}

async function compare(ground: Ground, framework: HttpServerKind["framework"]): Promise<Case[]> {
  const { file, remove } = await bundleWorker(ENTRY);
  ground.defer(remove);
  const kinds: readonly HttpServerKind[] = [
    { framework, handler: "memory", cache: "none" },
    { framework, handler: "get", cache: "none" },
    { framework, handler: "memory", cache: "checked" },
    { framework, handler: "memory", cache: "tracked" },
    { framework, handler: "memory", cache: "redis" },
  ];
  const sides: readonly Side[] = kinds.map((kind) => ({ kind, rates: [], cpuUs: [] }));
  for (let start = 1; start <= STARTS; start++) {
    ground.progress(`${framework}: start ${start} of ${STARTS}`);
    await measureProcesses(ground, file, sides);
  }
  const of = (handler: string, cache: string) => {
    const side = sides.find(({ kind }) => kind.handler === handler && kind.cache === cache);
    return { rates: side?.rates ?? [], cpuUs: median(side?.cpuUs ?? []) };
  };
  return [
    ...COMPARISONS.map(({ name, ours, theirs, target }) => {
      const rates = medianRound(of("memory", ours).rates, of(theirs, "none").rates);
      return ratioCase(`${framework}: ${name}`, { ...rates, unit: "requests/s" }, target);
    }),
    figureCase(`${framework}: CPU of a hit in L1`, { ours: of("memory", "checked").cpuUs, unit: "us" }),
    figureCase(`${framework}: CPU of a hit in Redis`, { ours: of("memory", "redis").cpuUs, unit: "us" }),
    figureCase(`${framework}: CPU of a route that has the bytes`, {
      ours: of("memory", "none").cpuUs,
      unit: "us",
    }),
  ];
}

/** All sides in turn, each in a new process: one process may be slower than another of the same program. */
async function measureProcesses(ground: Ground, file: string, sides: readonly Side[]): Promise<void> {
  const started: { readonly side: Side; readonly server: HttpServerProcess }[] = [];
  try {
    for (const side of sides) {
      const server = await HttpServerProcess.start(file, ground.server.url, side.kind);
      started.push({ side, server });
      await shoot(server, WARM_UP_SECONDS);
    }
    const seconds = ground.isQuick ? 1 : 2;
    for (let round = 1; round <= ROUNDS; round++) {
      for (const { side, server } of started) {
        const before = await server.cpuUs();
        const requests = await shoot(server, seconds);
        side.rates.push(requests / seconds);
        side.cpuUs.push(((await server.cpuUs()) - before) / requests);
      }
    }
  } finally {
    for (const { server } of started) server.stop();
  }
}

/** Hits in L1, and those of nginx before the same server. Each is one process. */
async function besideNginx(ground: Ground): Promise<Case> {
  const { file, remove } = await bundleWorker(ENTRY);
  ground.defer(remove);
  const start = async (cache: HttpServerKind["cache"]) => {
    const server = await HttpServerProcess.start(file, ground.server.url, {
      framework: "node",
      handler: "memory",
      cache,
    });
    ground.defer(() => server.stop());
    return server;
  };
  const [origin, ours] = [await start("none"), await start("checked")];
  const nginx = await startNginxServer(Number(new URL(origin.url).port));
  ground.defer(() => nginx.stop());
  const theirs = { url: `http://127.0.0.1:${nginx.port}/products/lamp` };
  for (const side of [ours, theirs]) await shoot(side, WARM_UP_SECONDS);
  const seconds = ground.isQuick ? 1 : 4;
  const rates: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 1; round <= STARTS; round++) {
    ground.progress(`nginx: round ${round} of ${STARTS}`);
    rates.ours.push((await shoot(ours, seconds)) / seconds);
    rates.theirs.push((await shoot(theirs, seconds)) / seconds);
  }
  return ratioCase(
    "node: hit in L1, to proxy_cache of nginx",
    { ...medianRound(rates.ours, rates.theirs), unit: "requests/s" },
    undefined,
  );
}

/** The round whose ratio is the median: the machine is faster in some rounds than in others. */
function medianRound(
  ours: readonly number[],
  theirs: readonly number[],
): { readonly ours: number; readonly theirs: number } {
  const rounds = ours.map((rate, round) => ({ ours: rate, theirs: theirs[round] ?? 0 }));
  rounds.sort((one, other) => one.ours / one.theirs - other.ours / other.theirs);
  return rounds[Math.floor(rounds.length / 2)] ?? { ours: 0, theirs: 0 };
}

/** Asks for so many seconds. Returns the number of answers. */
async function shoot(server: Pick<HttpServerProcess, "url">, seconds: number): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (non2xx > 0 || errors > 0)
    throw new Error(`${non2xx} answers were no success, and ${errors} requests failed`);
  return requests.total;
}
