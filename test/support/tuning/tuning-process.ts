// Started by test/tuning/processes.test.ts: a process with a tuner, which reads 60 keys over and over until
// it is killed. Each value of the source changes once a second. Argument: the namespace.

import { setTimeout as pause } from "node:timers/promises";
import { createMoonpath } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import { collectFigures, createFreshTuner } from "../../../src/tuning/index.js";

const [namespace = ""] = process.argv.slice(2);
const moonpath = createMoonpath(redisFromUrl(process.env["REDIS_URL"] ?? ""), { namespace });
const figures = collectFigures(moonpath, { publishMs: 200 });

function tell(what: string, items: readonly string[] = []): void {
  process.stdout.write(`${JSON.stringify({ what, items })}\n`);
}

const products = moonpath
  .cache({
    pattern: "product:<product>",
    freshMs: 40,
    load: async ({ product }) => `${product} ${Math.floor(Date.now() / 1_000)}`,
    figures,
    tuning: { minFreshMs: 10, maxFreshMs: 2_000, oldAnswerCostMs: 0 },
  })
  .tenant("acme");
const tuner = createFreshTuner(moonpath, {
  figures,
  periodMs: 1_000,
  onStep: ({ atMs, kind, fromMs, toMs, reason }) =>
    tell("step", [String(atMs), kind, String(fromMs), String(toMs), reason]),
  onError: (error) => tell("error", [error.message]),
});

await moonpath.ready();
figures.start();
tuner.start();
tell("ready");
for (;;) {
  await Promise.all(Array.from({ length: 60 }, (_, product) => products.getOrLoad({ product })));
  await pause(5);
}
