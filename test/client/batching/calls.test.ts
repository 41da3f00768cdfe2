import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient, MoonpathError } from "../../../src/client/index.js";
import { createMoonpath, keys } from "../../../src/index.js";
import { type RedisServer, startRedis } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { errorOf } from "../../support/client/fixtures.js";
import { LIMIT, manyScripts } from "../../support/client/many-fixtures.js";
import { untilTogether } from "../../support/client/together.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

async function start(options: { readonly batching?: boolean } = {}) {
  const redis = new Redis(server.url);
  const client = createScriptClient(redis, manyScripts, { namespace: freshNamespace(), ...options });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  await client.ready();
  return client.tenant("acme").tally;
}

/** How many scripts the server runs while `work` runs. */
async function runs(work: () => Promise<unknown>): Promise<number> {
  const count = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1] ?? 0);
  const before = await count();
  await work();
  return (await count()) - before;
}

/** How a call ended: `ok`, or the code of its error. */
const endOf = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error: unknown) => (error instanceof MoonpathError ? error.code : String(error)),
  );

const shop = () => createMoonpath(sharedRedis(), { namespace: freshNamespace() }).tenant("acme");

describe("calls that are ready together", () => {
  test("leave in as few commands as the limit of the script allows, each with its own reply", async () => {
    const tally = await start();
    const changes = Array.from({ length: 3 * LIMIT }, (_, index) => index + 1);
    let tries = 0;
    const attempt = async () => {
      tries++;
      const replies: unknown[] = [];
      const commands = await runs(async () => {
        const calls = changes.map((change) => tally.bump({ tally: `t${change}-${tries}`, change }));
        replies.push(...(await Promise.all(calls)));
      });
      expect(replies).toEqual(changes.map((total) => ({ total })));
      return commands;
    };
    expect(await untilTogether(attempt, (commands) => commands === 3)).toBe(3);
  });

  test("leave together if each is made in an event of its own, while others are unanswered", async () => {
    const tally = await start();
    const calls = 60;
    const commands = await runs(() =>
      Promise.all(
        Array.from(
          { length: calls },
          (_, index) =>
            new Promise((resolve, reject) => {
              setImmediate(() => tally.bump({ tally: `t${index}`, change: 1 }).then(resolve, reject));
            }),
        ),
      ),
    );
    expect(commands).toBeLessThan(calls / 2);
  });

  test("are sent by themselves if the client or the call says so, or if replicas must confirm", async () => {
    const alone = await start({ batching: false });
    expect(await runs(() => Promise.all([1, 2, 3].map((n) => alone.read({ tally: `t${n}` }))))).toBe(3);
    const tally = await start();
    expect(
      await runs(() =>
        Promise.all([1, 2, 3].map((n) => tally.read({ tally: `t${n}` }, { batching: false }))),
      ),
    ).toBe(3);
    const add = (n: number) =>
      endOf(tally.bump({ tally: `t${n}`, change: 1 }, { minReplicas: 1, replicaWaitMs: 1 }));
    expect(await runs(() => Promise.all([1, 2, 3].map(add)))).toBe(3);
  });

  test("refuse a batching that is not true or false", async () => {
    const tally = await start();
    const options: object = { batching: "yes" };
    expect(await errorOf(tally.read({ tally: "a" }, options))).toMatchObject({ code: "ARGUMENT" });
    expect(() => createMoonpath(sharedRedis(), options)).toThrow("argument batching: true or false");
  });
});

describe("a call of a batch", () => {
  test("that fails leaves the others alone, and names its script and its line", async () => {
    const redis = sharedRedis();
    const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
    // Before that, calls are sent by themselves.
    await moonpath.ready();
    const acme = moonpath.tenant("acme");
    await redis.hset(keys.stock(acme.scope, "vase"), "total", "many");
    const [lamp, vase, cup] = await Promise.allSettled(
      ["lamp", "vase", "cup"].map((product) => acme.stock.read({ product, low: 0 })),
    );
    expect(lamp).toMatchObject({ value: { outcome: "unknown" } });
    expect(cup).toMatchObject({ value: { outcome: "unknown" } });
    const alone = await errorOf(acme.stock.read({ product: "vase", low: 0 }, { batching: false }));
    if (!(alone instanceof MoonpathError)) throw new Error("the call alone has no error");
    expect(alone.source).toMatch(/^lua\/lib\/stock\/\w+\.lua:\d+$/);
    const { code, script, source, message } = alone;
    expect(vase).toMatchObject({ reason: { code, script, source, message } });
  });

  test("that is aborted before it leaves does not run, and the others do", async () => {
    const tally = await start();
    const controller = new AbortController();
    const calls = ["a", "b", "c"].map((name) =>
      endOf(tally.bump({ tally: name, change: 1 }, name === "b" ? { signal: controller.signal } : {})),
    );
    controller.abort();
    expect(await calls[1]).toBe("ABORTED");
    await Promise.all(calls);
    const totals = await Promise.all(["a", "b", "c"].map((name) => tally.read({ tally: name })));
    expect(totals.map(({ total }) => total)).toEqual([1, 0, 1]);
  });

  test("with an invalid argument is not sent, and the others are", async () => {
    const acme = shop();
    const results = await Promise.allSettled([
      acme.stock.read({ product: "lamp", low: 0 }),
      acme.stock.read({ product: "", low: 0 }),
      acme.stock.read({ product: "cup", low: 0 }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});
