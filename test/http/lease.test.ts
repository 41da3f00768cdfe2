import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { RunOnce } from "../../src/idempotency/index.js";
import { acme, freshKey, held, namespace, post, redis, required, server } from "../support/http.js";
import { aborted, deferred, within } from "../support/wait.js";

/** As if the lease had ended in Redis and another runner had come: by hand, with a higher fence. */
async function overtake({ request, fence }: { readonly request: string; readonly fence: number }) {
  const [name = ""] = await redis.keys(`*${namespace}*${request}}:request`);
  await redis.hset(name, "owner", "other", "fence", fence + 1);
  return name;
}

test("a handler that runs longer than its lease keeps it, and its answer is replayed", async () => {
  const { app, started, finish, count } = await held({ leaseMs: 1_000 });
  const key = freshKey();
  const first = post(app, key);
  const run = await started;
  const end = performance.now() + 1_200;
  while (performance.now() < end) expect((await post(app, key)).statusCode).toBe(409);
  expect(run?.signal.aborted).toBe(false);
  finish("kept");
  expect((await first).body).toBe("kept");
  expect([(await post(app, key)).body, count.runs]).toEqual(["kept", 1]);
});

test.each([
  ["bytes", () => Buffer.from("late")],
  ["a stream, which is closed", () => Readable.from(["late"])],
])("a handler that lost its lease gets 409 LOST, and its answer is not stored (%s)", async (_, late) => {
  const payload = late();
  const lost = deferred<string>("the test overtakes the handler");
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async ({ idempotency }, reply) => {
        if (!idempotency) throw new Error("no run");
        lost.resolve(await overtake(idempotency));
        await aborted(idempotency.signal);
        return reply
          .code(201)
          .headers({
            "content-encoding": "gzip",
            "content-length": "4",
            location: "/orders/1",
            vary: "origin",
          })
          .send(payload);
      });
    },
    { leaseMs: 1_000 },
  );
  const answer = await post(app, freshKey());
  expect(answer.statusCode).toBe(409);
  expect(answer.headers).toMatchObject({
    "content-type": "application/problem+json",
    "retry-after": "1",
    vary: "origin",
  });
  expect(answer.json()).toMatchObject({ status: 409, code: "LOST" });
  // What the overtaken answer said of itself is gone.
  for (const name of ["content-encoding", "location"]) expect(answer.headers).not.toHaveProperty(name);
  expect(await redis.hmget(await lost.promise, "owner", "state", "reply")).toEqual([
    "other",
    "running",
    null,
  ]);
  if (payload instanceof Readable) expect(payload.destroyed).toBe(true);
});

test("the signal aborts after handlerMs, and the late answer is sent but not stored", async () => {
  const { app, started, finish } = await held({ handlerMs: 20 });
  const key = freshKey();
  const first = post(app, key);
  const run = await started;
  if (run) await aborted(run.signal);
  finish("late");
  expect((await first).body).toBe("late");
  // Its outcome was not known when the time was over: nobody runs it before its lease ends.
  expect((await post(app, key)).json()).toMatchObject({ code: "IN_PROGRESS" });
});

test("a handler keeps its lease after Fastify's handlerTimeout has answered for it", async () => {
  const finish = deferred("the test lets the handler finish");
  let runs = 0;
  const handler = () => {
    runs++;
    return finish.promise;
  };
  const hasty = await server((routes) => {
    routes.post("/orders", { ...required, handlerTimeout: 20 }, handler);
  });
  const patient = await server((routes) => {
    routes.post("/orders", required, handler);
  });
  let key = "";
  // On a busy machine the time may be over before the handler is reached.
  const reached = async () => {
    while (runs === 0) {
      key = freshKey();
      expect((await post(hasty, key)).json()).toMatchObject({
        statusCode: 503,
        code: "FST_ERR_HANDLER_TIMEOUT",
      });
    }
  };
  await within("a request reaches the handler", reached());
  expect((await post(patient, key)).json()).toMatchObject({ code: "IN_PROGRESS" });
  finish.resolve();
  expect(runs).toBe(1);
});

test("a handlerTimeout that ends before the lease is acquired leaves the key free", async () => {
  const [timedOut, ended] = [deferred("the test lets the run begin"), deferred("the run ends")];
  const runOnce: RunOnce = async (name, payload, work, options) => {
    await timedOut.promise;
    return acme.idempotency.run(name, payload, work, options).finally(() => ended.resolve());
  };
  let runs = 0;
  const handler = async () => ++runs;
  const slow = await server(
    (routes) => {
      routes.post("/orders", { ...required, handlerTimeout: 20 }, handler);
    },
    { tenant: { idempotency: { run: runOnce } } },
  );
  const key = freshKey();
  expect((await post(slow, key)).json()).toMatchObject({ code: "FST_ERR_HANDLER_TIMEOUT" });
  timedOut.resolve();
  await ended.promise;
  expect(runs).toBe(0);
  const app = await server((routes) => {
    routes.post("/orders", required, handler);
  });
  expect((await post(app, key)).json()).toBe(1);
});
