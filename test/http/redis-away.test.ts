import { once } from "node:events";
import { Redis } from "ioredis";
import { expect, inject, onTestFinished, test } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { startProxy } from "../../src/testing/index.js";
import { freshKey, namespace, post, required, server } from "../support/http.js";

/** A tenant whose Redis can be taken away. */
async function unsteady(deadlineMs = 10_000) {
  const { hostname: host, port, password } = new URL(inject("redisUrl"));
  const proxy = await startProxy({ host, port: Number(port || 6379), password });
  const redis = new Redis({
    host: proxy.host,
    port: proxy.port,
    password: proxy.password,
    retryStrategy: () => 5,
  });
  redis.on("error", () => {}); // Refused connections are what these tests are about.
  const moonpath = createMoonpath(redis, { namespace, deadlineMs });
  onTestFinished(async () => {
    moonpath.close();
    redis.disconnect();
    await proxy.stop();
  });
  await moonpath.ready();
  return { proxy, redis, tenant: moonpath.tenant("acme") };
}

test.each([
  { what: "no connection", status: 503, code: "UNAVAILABLE" },
  { what: "no answer", status: 504, code: "OUTCOME_UNKNOWN" },
])(
  "a request with $what of Redis gets $status with Retry-After, and does not run",
  async ({ what, status, code }) => {
    const { proxy, redis, tenant } = await unsteady(100);
    let runs = 0;
    const app = await server(
      (routes) => {
        routes.post("/orders", required, async () => ++runs);
      },
      { tenant },
    );
    if (what === "no answer") proxy.blackHole();
    else await Promise.all([once(redis, "close"), proxy.stop()]);
    const answer = await post(app, freshKey());
    expect([answer.statusCode, runs]).toEqual([status, 0]);
    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "1" });
    expect(answer.json()).toMatchObject({ status, code });
  },
);

test("an answer that cannot be recorded is sent after recordMs, and recorded when Redis is back", async () => {
  const { proxy, tenant } = await unsteady();
  let runs = 0;
  const routes = (app: Awaited<ReturnType<typeof server>>) => {
    app.post("/orders", required, async () => {
      proxy.blackHole();
      return { run: ++runs };
    });
  };
  const key = freshKey();
  const first = await post(await server(routes, { tenant, recordMs: 20 }), key);
  expect([first.statusCode, first.json()]).toEqual([200, { run: 1 }]);
  proxy.heal();
  const again = await post(await server(routes, { waitMs: 15_000 }), key);
  expect([again.headers["idempotency-replayed"], again.json(), runs]).toEqual(["true", { run: 1 }, 1]);
});

test("a failure that cannot be recorded is answered after recordMs", async () => {
  const { proxy, tenant } = await unsteady();
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => {
        proxy.blackHole();
        throw new Error("no database");
      });
    },
    { tenant, recordMs: 20 },
  );
  expect((await post(app, freshKey())).json()).toMatchObject({ statusCode: 500, message: "no database" });
});
