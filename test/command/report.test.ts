import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { collectFigures } from "../../src/tuning/index.js";
import { ROOT } from "../support/bundle.js";
import { afterTest } from "../support/cleanup.js";
import { type Ended, runProgram } from "../support/program.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

const MAIN = join(ROOT, "src/command/main.ts");
const report = (...args: string[]): Promise<Ended> =>
  runProgram(MAIN, ["report", ...args], { cwd: ROOT, env: { REDIS_URL: undefined } });

for (const [name, connect, url] of [
  ["a single server", sharedRedis, () => inject("redisUrl")],
  ["a cluster", sharedCluster, () => inject("clusterUrl").split(",")[0] ?? ""],
] as const) {
  test(`moonpath report prints figures, advice and keys of ${name}`, async () => {
    const namespace = freshNamespace();
    const moonpath = createMoonpath(connect(), { namespace });
    afterTest(() => moonpath.close());
    const figures = collectFigures(moonpath, { sampleEvery: 1, mayReadKeys: () => true });
    const acme = moonpath
      .cache({ pattern: "product:<product>", freshMs: 600_000, load: async () => "x", figures })
      .tenant("acme");
    await Promise.all(Array.from({ length: 1_200 }, (_, product) => acme.getOrLoad({ product })));
    await figures.publish();
    const { status, output, errors } = await report("--redis", url(), "--namespace", namespace);
    expect(errors).toBe("");
    expect(status).toBe(0);
    expect(output).toMatch(/^product:<product>\n {2}1,200 requests, hit rate 0\.0 %, 1,200 loads of /);
    expect(output).toContain("product:<product>: only 0 % of requests were answered from the cache.");
    expect(output).not.toContain("acme");
    const withKeys = await report("--redis", url(), "--namespace", namespace, "--keys", "3");
    expect(withKeys.output).toMatch(/The hottest keys\n {2}acme product:\d+: 1 requests/);
    const asJson = await report("--redis", url(), "--namespace", namespace, "--json");
    expect(JSON.parse(asJson.output)).toMatchObject({ caches: [{ loads: 1_200 }], keys: [] });
  });
}

test("moonpath report says that nobody publishes figures", async () => {
  const { status, output } = await report("--redis", inject("redisUrl"), "--namespace", freshNamespace());
  expect(output).toContain("no process publishes figures in the namespace");
  expect(status).toBe(0);
});

test.each([
  [[], "report needs a server"],
  [["--redis", "redis://127.0.0.1:1", "--keys", "0"], "--keys must be a whole number from 1 to 200"],
  [["--nope"], "Unknown option '--nope'"],
  [["--redis", "redis://127.0.0.1:1", "--namespace", "{}"], "namespace must have 1 to 64 characters"],
])("moonpath report %j fails with a message", async (args, message) => {
  const { status, errors } = await report(...args);
  expect(errors).toContain(message);
  expect(status).toBe(2);
});

test("moonpath report --help shows an example", async () => {
  const { output, status } = await report("--help");
  expect(status).toBe(0);
  expect(output).toContain("$ moonpath report --redis redis://localhost:6379 --namespace shop");
});
