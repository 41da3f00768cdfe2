import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import Fastify, { type FastifyInstance, type FastifyRequest, type onSendAsyncHookHandler } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { idempotencyKeys } from "../../src/http/index.js";
import { acme, freshKey, held, post, required, server } from "../support/http.js";
import { deferred, within } from "../support/wait.js";

const headersOf = (key: string) => ({ "idempotency-key": key, "content-type": "application/json" });
const body = JSON.stringify({ lamp: 1 });

/** Sends over a real connection, and hangs up when it is told to. */
function caller(url: string, key: string) {
  const sent = httpRequest(`${url}/orders`, { method: "POST", headers: headersOf(key) });
  sent.on("error", () => {}); // Its own hanging up.
  sent.end(body);
  return { hangUp: () => sent.destroy() };
}

const listen = (app: FastifyInstance) => app.listen({ host: "127.0.0.1", port: 0 });

/** When the server has seen that the client is gone. */
const gone = async ({ socket }: FastifyRequest) => {
  if (!socket.destroyed) await within("the server sees the disconnect", once(socket, "close"));
};

test("a request over a real connection runs, is replayed, and is refused with another body", async () => {
  let runs = 0;
  const app = await server((routes) => {
    routes.post("/orders", required, async (_request, reply) =>
      reply.code(201).header("location", "/orders/1").send({ run: ++runs }),
    );
  });
  const url = await listen(app);
  const ask = (key: string, what = body) =>
    fetch(`${url}/orders`, { method: "POST", headers: headersOf(key), body: what });
  const key = freshKey();
  for (const replayed of [null, "true"]) {
    const answer = await ask(key);
    expect([answer.status, answer.headers.get("location")]).toEqual([201, "/orders/1"]);
    expect(answer.headers.get("idempotency-replayed")).toBe(replayed);
    expect(await answer.json()).toEqual({ run: 1 });
  }
  const other = await ask(key, '{"lamp":2}');
  expect([other.status, other.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
  expect(await other.json()).toMatchObject({ code: "PAYLOAD_MISMATCH" });
});

test.each([
  { name: "the stored body", payload: "done", status: 200 },
  { name: "an answer without a body", payload: undefined, status: 204 },
])(
  "a client that disconnects during the handler gets $name when it asks again",
  async ({ payload, status }) => {
    const [begun, finish] = [
      deferred<FastifyRequest>("the request reaches the handler"),
      deferred("the test lets the handler finish"),
    ];
    let runs = 0;
    const app = await server(
      (routes) => {
        routes.post("/orders", required, async (request, reply) => {
          runs++;
          begun.resolve(request);
          await finish.promise;
          reply.code(status);
          return payload;
        });
      },
      { waitMs: 15_000 },
    );
    const key = freshKey();
    const client = caller(await listen(app), key);
    const request = await begun.promise;
    client.hangUp();
    await gone(request);
    finish.resolve();
    const again = await post(app, key);
    expect([again.statusCode, again.body, runs]).toEqual([status, payload ?? "", 1]);
    expect(again.headers["idempotency-replayed"]).toBe("true");
  },
);

test("the plugin stores an answer that is serialized after the client has disconnected", async () => {
  const [begun, finish] = [
    deferred<FastifyRequest>("the request reaches the handler"),
    deferred("the test lets the handler finish"),
  ];
  const app = await server(
    (routes) => {
      routes.addHook("preSerialization", async (request, _reply, payload) => {
        begun.resolve(request);
        await finish.promise;
        return payload;
      });
      routes.post("/orders", required, async (_request, reply) => {
        reply.send({ lamp: 1 });
        return reply;
      });
    },
    { waitMs: 15_000 },
  );
  const key = freshKey();
  const client = caller(await listen(app), key);
  const request = await begun.promise;
  client.hangUp();
  await gone(request);
  // The handler is told that its reply is through, and ends with nothing.
  await turn();
  finish.resolve();
  expect((await post(app, key)).json()).toEqual({ lamp: 1 });
});

test.each(["before", "after"])(
  "a waiting client that disconnects causes no run, despite a slow hook %s the plugin",
  async (when) => {
    const { app: first, started, finish } = await held();
    const key = freshKey();
    const running = post(first, key);
    await started;
    const [arrived, through] = [
      deferred<FastifyRequest>("the request reaches its preHandler"),
      deferred("the slow hook ends"),
    ];
    // Fastify takes the reply for sent when the client has gone, and would go on to the handler.
    const slow: onSendAsyncHookHandler = async () => {
      for (let turns = 0; turns < 10; turns++) await turn();
      through.resolve();
    };
    let runs = 0;
    const app = Fastify();
    onTestFinished(() => app.close());
    if (when === "before") app.addHook("onSend", slow);
    await app.register(idempotencyKeys, { tenant: acme, caller: () => "ann", waitMs: 15_000 });
    if (when === "after") app.addHook("onSend", slow);
    app.addHook("preHandler", async (request) => arrived.resolve(request));
    app.post("/orders", required, async () => ++runs);
    const client = caller(await listen(app), key);
    const request = await arrived.promise;
    client.hangUp();
    await gone(request);
    finish("done");
    await running;
    await through.promise;
    expect(runs).toBe(0);
  },
);
