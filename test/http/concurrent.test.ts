import { expect, test } from "vitest";
import { createMoonpath, errorTable } from "../../src/index.js";
import { freshKey, held, namespace, post, redis, required, server } from "../support/http.js";

test("a second request gets 409 with Retry-After while the first runs, and its answer afterwards", async () => {
  const { app, started, finish, count } = await held();
  const key = freshKey();
  const first = post(app, key);
  await started;
  const during = await post(app, key);
  finish({ order: 1 });
  await first;
  expect(during.statusCode).toBe(409);
  expect(during.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "5" });
  expect(during.json()).toEqual({
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "IN_PROGRESS",
    detail: errorTable.IN_PROGRESS.meaning,
  });
  expect([(await post(app, key)).json(), count.runs]).toEqual([{ order: 1 }, 1]);
});

test("exactly one of 20 simultaneous requests runs, and all others get 409 or its replay", async () => {
  let runs = 0;
  const app = await server((routes) => {
    routes.post("/orders", required, async (_request, reply) => reply.code(201).send({ order: ++runs }));
  });
  const key = freshKey();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(app, key)));
  const own = answers.filter(
    ({ statusCode, headers }) => statusCode === 201 && headers["idempotency-replayed"] === undefined,
  );
  const others = answers.filter((answer) => !own.includes(answer));
  expect([runs, own.length, others.length]).toEqual([1, 1, 19]);
  for (const { statusCode, body } of others) {
    expect([201, 409]).toContain(statusCode);
    if (statusCode === 201) expect(body).toBe('{"order":1}');
  }
});

test("with waitMs the other requests wait, and get the first one's answer", async () => {
  const { app, started, finish, count } = await held({ waitMs: 15_000 });
  const key = freshKey();
  const first = post(app, key);
  await started;
  const others = Array.from({ length: 5 }, () => post(app, key));
  finish("done");
  const answers = await Promise.all([first, ...others]);
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual(answers.map(() => [200, "done"]));
  const replayed = answers.map(({ headers }) => headers["idempotency-replayed"]);
  expect(replayed).toEqual([undefined, "true", "true", "true", "true", "true"]);
  expect(count.runs).toBe(1);
});

test("two callers with the same key do not share an answer", async () => {
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async ({ headers }) => `for ${headers["x-user"]}`);
    },
    { caller: ({ headers }) => `${headers["x-user"]}` },
  );
  const key = freshKey();
  const ask = async (user: string) => (await post(app, key, { headers: { "x-user": user } })).body;
  expect([await ask("ann"), await ask("ben"), await ask("ann")]).toEqual(["for ann", "for ben", "for ann"]);
});

test("the request may choose the tenant, and two tenants do not share keys", async () => {
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 10_000 });
  let runs = 0;
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => ++runs);
    },
    { tenant: ({ headers }) => moonpath.tenant(`${headers["x-shop"]}`) },
  );
  const key = freshKey();
  const ask = async (shop: string) => (await post(app, key, { headers: { "x-shop": shop } })).json();
  expect([await ask("north"), await ask("south"), await ask("north")]).toEqual([1, 2, 1]);
});
