import { gunzipSync, gzipSync } from "node:zlib";
import Fastify, { type FastifyInstance, type onSendAsyncHookHandler } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { BusyError } from "../../src/core/errors.js";
import { idempotencyKeys } from "../../src/http/index.js";
import { acme, freshKey, post, required, server } from "../support/http.js";
import { deferred } from "../support/wait.js";

/** As plugins that compress do: not what is encoded already. */
const compress: onSendAsyncHookHandler = async (_request, reply, payload) => {
  if (reply.hasHeader("content-encoding") || (typeof payload !== "string" && !Buffer.isBuffer(payload)))
    return payload;
  reply.header("content-encoding", "gzip").removeHeader("content-length");
  return gzipSync(payload);
};

const add = {
  before: (app: FastifyInstance) =>
    app.addHook("onSend", compress).register(idempotencyKeys, { tenant: acme }),
  after: (app: FastifyInstance) =>
    app.register(idempotencyKeys, { tenant: acme }).addHook("onSend", compress),
};

test.each(["before", "after"] as const)(
  "an answer that a hook added %s the plugin compresses is replayed compressed",
  async (when) => {
    const app = Fastify();
    onTestFinished(() => app.close());
    await add[when](app);
    let runs = 0;
    app.post("/orders", required, async () => ({ run: ++runs }));
    const key = freshKey();
    const answers = [await post(app, key), await post(app, key)];
    for (const { headers, rawPayload } of answers) {
      expect(headers).toMatchObject({
        "content-encoding": "gzip",
        "content-type": "application/json; charset=utf-8",
      });
      expect(JSON.parse(gunzipSync(rawPayload).toString())).toEqual({ run: 1 });
    }
    expect(answers[1]?.headers["idempotency-replayed"]).toBe("true");
  },
);

test("`headers` names headers that are replayed besides those of the body", async () => {
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async (_request, reply) =>
        reply.headers({ "x-receipt": "17", location: "/orders/1" }).send({ a: 1 }),
      );
    },
    { headers: ["X-Receipt"] },
  );
  const key = freshKey();
  await post(app, key);
  const { headers } = await post(app, key);
  expect(headers).toMatchObject({ "x-receipt": "17", "content-type": "application/json; charset=utf-8" });
  expect(headers).not.toHaveProperty("location");
});

test("a hook that fails after the plugin's does not undo the record", async () => {
  let [runs, failing] = [0, true];
  const app = await server((routes) => {
    routes.addHook("onSend", async () => {
      if (failing) throw new Error("no");
    });
    routes.post("/orders", required, async () => ++runs);
  });
  const key = freshKey();
  expect((await post(app, key)).statusCode).toBe(500);
  failing = false;
  expect((await post(app, key)).body).toBe("1");
  expect(runs).toBe(1);
});

test("a hook that fails before the plugin's leaves the key free", async () => {
  const app = Fastify();
  onTestFinished(() => app.close());
  let [runs, failing] = [0, true];
  const through = deferred("the first answer is sent");
  app.addHook("onSend", async () => {
    if (failing) throw new Error("no");
  });
  app.addHook("onResponse", async () => {
    if (!failing) return;
    failing = false;
  });
  await app.register(idempotencyKeys, { tenant: acme });
  app.addHook("onResponse", async () => through.resolve());
  app.post("/orders", required, async () => ++runs);
  const key = freshKey();
  expect((await post(app, key)).statusCode).toBe(500);
  await through.promise;
  expect((await post(app, key)).body).toBe("2");
});

test("a `keep` that throws blocks the key until the lease ends, because the effect exists", async () => {
  let [runs, failing] = [0, true];
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => ++runs);
    },
    {
      keep: () => {
        if (failing) throw new Error("no");
        return true;
      },
    },
  );
  const key = freshKey();
  expect((await post(app, key)).statusCode).toBe(500);
  failing = false;
  const again = await post(app, key);
  expect({ status: again.statusCode, code: again.json().code, runs }).toEqual({
    status: 409,
    code: "IN_PROGRESS",
    runs: 1,
  });
});

test.each([408, 423, 425, 429, 500, 503])(
  "an answer of status %d leaves the key free at once",
  async (status) => {
    let runs = 0;
    const app = await server((routes) => {
      routes.post("/orders", required, async (_request, reply) =>
        reply.code(++runs === 1 ? status : 200).send(runs),
      );
    });
    const key = freshKey();
    expect((await post(app, key)).statusCode).toBe(status);
    expect((await post(app, key)).body).toBe("2");
  },
);

test("`keep` decides which statuses are stored", async () => {
  let runs = 0;
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async (_request, reply) => reply.code(404).send(++runs));
    },
    { keep: (status) => status === 200 },
  );
  const key = freshKey();
  expect([(await post(app, key)).body, (await post(app, key)).body]).toEqual(["1", "2"]);
});

test("a retryable error leaves the key free, whatever status its page has", async () => {
  let runs = 0;
  const app = await server((routes) => {
    routes.setErrorHandler((_error, _request, reply) => reply.code(409).send("somebody is at it"));
    routes.post("/orders", required, async () => {
      if (++runs === 1) throw new BusyError("somebody has the lock");
      return runs;
    });
  });
  const key = freshKey();
  expect((await post(app, key)).statusCode).toBe(409);
  expect((await post(app, key)).body).toBe("2");
});
