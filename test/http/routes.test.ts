import Fastify, { type FastifyInstance, type preHandlerAsyncHookHandler } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { idempotencyKeys } from "../../src/http/index.js";
import { acme, freshKey, optional, post, required, server } from "../support/http.js";
import { deferred } from "../support/wait.js";

const counted = () => {
  let runs = 0;
  return async () => ++runs;
};

/** The status without a key, and what two requests under one key are answered. */
async function use(
  app: FastifyInstance,
  url: string,
  method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" = "POST",
) {
  const key = freshKey();
  const body = method === "GET" || method === "HEAD" ? { payload: "" } : {};
  const ask = (asked: string | undefined) => post(app, asked, { url, method, ...body });
  const { statusCode } = await ask(undefined);
  const [first, second] = [await ask(key), await ask(key)];
  return [statusCode, first.body === second.body && second.headers["idempotency-replayed"] === "true"];
}

test("`unmarked: required` applies to requests by POST and PATCH on routes without a setting", async () => {
  const app = await server(
    (routes) => {
      routes.post("/orders", counted());
      routes.patch("/orders", counted());
      routes.put("/orders", counted());
      routes.get("/orders", counted());
      routes.post("/off", { config: { idempotency: "off" } }, counted());
      routes.post("/optional", optional, counted());
      routes.route({ method: ["GET", "POST"], url: "/both", handler: counted() });
    },
    { unmarked: "required" },
  );
  expect(await use(app, "/orders", "POST")).toEqual([400, true]);
  expect(await use(app, "/orders", "PATCH")).toEqual([400, true]);
  expect(await use(app, "/orders", "PUT")).toEqual([200, false]);
  expect(await use(app, "/orders", "GET")).toEqual([200, false]);
  expect(await use(app, "/orders", "HEAD")).toEqual([200, false]);
  expect(await use(app, "/off")).toEqual([200, false]);
  expect(await use(app, "/optional")).toEqual([200, true]);
  expect(await use(app, "/both", "POST")).toEqual([400, true]);
  expect(await use(app, "/both", "GET")).toEqual([200, false]);
  expect((await post(app, undefined, { url: "/nowhere" })).statusCode).toBe(404);
});

test("a marked GET route uses keys, and so does its HEAD route", async () => {
  const app = await server((routes) => {
    routes.get("/report", optional, counted());
  });
  expect(await use(app, "/report", "GET")).toEqual([200, true]);
  expect(await use(app, "/report", "HEAD")).toEqual([200, true]);
});

test("a plugin in a child scope applies to that scope's routes", async () => {
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(async (child) => {
    await child.register(idempotencyKeys, { tenant: acme, unmarked: "required" });
    child.post("/inside", counted());
    await child.register(async (grandchild) => {
      grandchild.post("/deeper", counted());
    });
  });
  app.post("/outside", counted());
  expect(await use(app, "/inside")).toEqual([400, true]);
  expect(await use(app, "/deeper")).toEqual([400, true]);
  expect(await use(app, "/outside")).toEqual([200, false]);
});

test("a marked route that was added before the plugin is refused, and does not run", async () => {
  let log = "";
  const write = (line: string) => {
    log += line;
  };
  const app = Fastify({ logger: { level: "error", stream: { write } } });
  onTestFinished(() => app.close());
  let runs = 0;
  // Not awaited: Fastify adds the route first.
  app.register(idempotencyKeys, { tenant: acme });
  app.post("/orders", required, async () => ++runs);
  app.post("/plain", async () => "ran");
  const answer = await post(app, freshKey());
  expect([answer.statusCode, runs]).toEqual([500, 0]);
  expect(answer.json()).toMatchObject({ code: "ROUTE_UNGUARDED" });
  expect(log).toContain("POST /orders was added before the plugin");
  expect(log).toContain(answer.json().id);
  expect((await post(app, freshKey(), { url: "/plain" })).body).toBe("ran");
});

const guard: preHandlerAsyncHookHandler = async ({ headers }, reply) => {
  if (headers["x-user"] !== "ann") return reply.code(401).send({ who: "nobody" });
};

test.each([
  ["one preHandler", guard],
  ["several preHandlers", [async () => {}, guard]],
])("a caller that %s refuses takes no key, and gets no stored answer", async (_, preHandler) => {
  const app = await server((routes) => {
    routes.post("/orders", { ...required, preHandler }, counted());
  });
  const key = freshKey();
  const ask = async (user: string) => (await post(app, key, { headers: { "x-user": user } })).statusCode;
  expect([await ask("ben"), await ask("ann"), await ask("ben"), await ask("ann")]).toEqual([
    401, 200, 401, 200,
  ]);
});

test.each(["release", "unknown"] as const)(
  "a refusal between the key and the handler leaves the key free (onFailure: %s)",
  async (onFailure) => {
    let isOpen = false;
    const app = await server(
      (routes) => {
        // Another plugin that adds its hook after this one's.
        routes.addHook("onRoute", (route) => {
          const closed: preHandlerAsyncHookHandler = async () => {
            if (!isOpen) throw Object.assign(new Error("closed"), { statusCode: 403 });
          };
          route.preHandler = [...[route.preHandler ?? []].flat(), closed];
        });
        routes.post("/orders", required, counted());
      },
      { onFailure },
    );
    const key = freshKey();
    expect((await post(app, key)).statusCode).toBe(403);
    isOpen = true;
    expect((await post(app, key)).json()).toBe(1);
    expect((await post(app, key)).json()).toBe(1);
  },
);

test("a body that its schema refuses takes no key, which the right body can use", async () => {
  const schema = { body: { type: "object", properties: { lamp: { type: "integer" } }, required: ["lamp"] } };
  const app = await server((routes) => {
    routes.post("/orders", { ...required, schema }, counted());
  });
  const key = freshKey();
  const wrong = await post(app, key, { payload: { oil: 1 } });
  const broken = await post(app, key, { payload: "{", headers: { "content-type": "application/json" } });
  const right = await post(app, key);
  expect([wrong.statusCode, broken.statusCode, right.statusCode]).toEqual([400, 400, 200]);
  expect(wrong.headers["idempotency-replayed"]).toBeUndefined();
});

test("a handler that answers in a callback is replayed like others", async () => {
  const asked = deferred("the test sends the answer");
  let runs = 0;
  const app = await server((routes) => {
    routes.post("/orders", required, (_request, reply) => {
      asked.promise.then(() => reply.send({ run: ++runs }));
    });
  });
  const key = freshKey();
  const first = post(app, key);
  asked.resolve();
  expect((await first).json()).toEqual({ run: 1 });
  expect((await post(app, key)).json()).toEqual({ run: 1 });
});

test("two instances side by side are refused at the start", async () => {
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(idempotencyKeys, { tenant: acme });
  await expect(app.register(idempotencyKeys, { tenant: acme })).rejects.toMatchObject({
    code: "FST_ERR_DEC_ALREADY_PRESENT",
  });
});
