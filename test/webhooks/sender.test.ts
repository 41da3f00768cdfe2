import { inspect } from "node:util";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { createSync } from "../../src/sync/index.js";
import {
  createWebhookOutbox,
  createWebhookSender,
  verifyWebhook,
  type WebhookSenderOptions,
} from "../../src/webhooks/index.js";
import { WebhookRows } from "../../src/webhooks/rows.js";
import { thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { afterFile, afterTest } from "../support/cleanup.js";
import { freshDatabase } from "../support/postgres.js";
import { freshNamespace } from "../support/redis.js";
import { type ServiceAnswer, type ServiceRequest, startService } from "../support/sync/service.js";
import { eventually } from "../support/wait.js";

const SECRET = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const OLD_SECRET = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;

const pool = new pg.Pool({ connectionString: await freshDatabase(), max: 10 });
afterFile(() => pool.end());
await createTables(pool);

const DONE: ServiceAnswer = { status: 204 };

async function open(
  answerOf: (number: number, request: ServiceRequest) => ServiceAnswer = () => DONE,
  options: Partial<WebhookSenderOptions> = {},
) {
  const namespace = freshNamespace();
  const service = await startService(answerOf);
  const outbox = createWebhookOutbox({ namespace });
  const errors: string[] = [];
  const dead: string[] = [];
  const newSender = (more: Partial<WebhookSenderOptions> = {}) => {
    const sender = createWebhookSender(
      { namespace },
      {
        pool,
        sync: createSync({ retryDelayMs: { firstMs: 1, maxMs: 2 }, maxAttempts: 1 }),
        endpoints: { search: { url: service.url, secrets: [SECRET] } },
        pollMs: 20,
        retryDelayMs: { firstMs: 1, maxMs: 2 },
        onError: (error, letter) => {
          errors.push(error.name);
          if (letter) dead.push(`${letter.endpoint} ${letter.reason}`);
        },
        ...options,
        ...more,
      },
    );
    afterTest(() => sender.stop({ graceMs: 0 }));
    return sender;
  };
  const enqueue = (type = "stock.updated", data: unknown = { product: "lamp" }, id?: string) =>
    inTransaction(pool, (tx) => outbox.enqueue(tx, { endpoints: ["search"], type, data, id }));
  return { namespace, service, outbox, enqueue, newSender, errors, dead };
}

const rowsOf = async (namespace: string) =>
  (await pool.query("select * from moonpath_webhooks where namespace = $1 order by id", [namespace])).rows;

describe("the outbox", () => {
  test("stores a webhook with the transaction, and nothing if it rolls back", async () => {
    const { namespace, outbox, enqueue } = await open();
    const failed = thrownBy(() =>
      inTransaction(pool, async (tx) => {
        await outbox.enqueue(tx, { endpoints: ["search"], type: "a", data: 1 });
        throw new Error("roll back");
      }),
    );
    expect(await failed).toMatchObject({ message: "roll back" });
    expect(await rowsOf(namespace)).toEqual([]);
    const id = await enqueue("order.changed", { text: 'quote " back \\ zero \u0000 ü €' });
    expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    const [row] = await rowsOf(namespace);
    expect(row).toMatchObject({ endpoint: "search", message: id, attempts: 0 });
    expect(JSON.parse(row.body)).toMatchObject({
      type: "order.changed",
      data: { text: 'quote " back \\ zero \u0000 ü €' },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test("stores one row for each endpoint, and a message with the same id once", async () => {
    const { namespace, outbox } = await open();
    for (let call = 0; call < 2; call++) {
      await inTransaction(pool, (tx) =>
        outbox.enqueue(tx, { endpoints: ["search", "erp", "search"], type: "a", data: call, id: "order-7" }),
      );
    }
    const rows = await rowsOf(namespace);
    expect(rows.map(({ endpoint, message }) => `${endpoint} ${message}`)).toEqual([
      "search order-7",
      "erp order-7",
    ]);
  });

  test.each([
    ["endpoints", { endpoints: [], type: "a", data: 1 }],
    ["endpoints", { endpoints: ["a'b"], type: "a", data: 1 }],
    ["type", { endpoints: ["a"], type: "a b", data: 1 }],
    ["id", { endpoints: ["a"], type: "a", data: 1, id: "a.b" }],
    ["data", { endpoints: ["a"], type: "a", data: 1n }],
    ["data", { endpoints: ["a"], type: "a", data: "x".repeat(300_000) }],
  ])("refuses what could never be delivered: %s", async (argument, webhook) => {
    const { namespace, outbox } = await open();
    const error = await thrownBy(() => inTransaction(pool, (tx) => outbox.enqueue(tx, webhook)));
    expect(error).toMatchObject({ code: "ARGUMENT", argument });
    expect(await rowsOf(namespace)).toEqual([]);
  });
});

describe("a sender", () => {
  test("delivers a signed webhook, and deletes its row after the answer", async () => {
    const { namespace, service, enqueue, newSender } = await open();
    const id = await enqueue();
    const sender = newSender({
      endpoints: { search: { url: `${service.url}/hook`, secrets: [SECRET, OLD_SECRET] } },
    });
    sender.start();
    await eventually("it is delivered", async () => expect(await rowsOf(namespace)).toEqual([]));
    expect(service.requests).toHaveLength(1);
    const [request] = service.requests;
    expect(request).toMatchObject({ method: "POST", path: "/hook" });
    expect(request?.headers).toMatchObject({ "content-type": "application/json", "idempotency-key": id });
    const headers = new Headers();
    for (const [name, value] of Object.entries(request?.headers ?? {})) headers.set(name, String(value));
    for (const secret of [SECRET, OLD_SECRET]) {
      const verified = verifyWebhook({ headers, body: request?.body ?? "", secrets: [secret] });
      expect(verified).toMatchObject({ outcome: "valid", id });
    }
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      type: "stock.updated",
      data: { product: "lamp" },
    });
    expect(await sender.status()).toMatchObject({ delivered: 1, depth: 0, dead: 0, lastError: undefined });
  });

  test("sends again after a failure, with the same id and a fresh signature", async () => {
    const { namespace, service, enqueue, newSender, errors } = await open((number) =>
      number === 0 ? { status: 500 } : number === 1 ? "reset" : DONE,
    );
    const id = await enqueue();
    newSender().start();
    await eventually("it is delivered", async () => expect(await rowsOf(namespace)).toEqual([]));
    expect(service.requests.map(({ headers }) => headers["webhook-id"])).toEqual([id, id, id]);
    expect(errors).toHaveLength(2);
  });

  test("waits as long as the endpoint says", async () => {
    const { namespace, enqueue, newSender, service } = await open(() => ({
      status: 503,
      headers: { "retry-after": "3600" },
    }));
    await enqueue();
    newSender().start();
    await eventually("it has failed", async () => expect((await rowsOf(namespace))[0]?.error).not.toBeNull());
    const [row] = await rowsOf(namespace);
    expect(row.due_at.getTime() - Date.now()).toBeGreaterThan(3_500_000);
    expect(service.requests).toHaveLength(1);
  });

  test("sets a webhook aside after maxAttempts, redrives one, and discards one", async () => {
    const rejections = unhandledRejections();
    let works = false;
    const { namespace, service, enqueue, newSender, dead } = await open(
      () => (works ? DONE : { status: 404 }),
      {
        maxAttempts: 3,
      },
    );
    const first = await enqueue();
    const second = await enqueue("a", { secret: "secret-data" });
    const third = await enqueue();
    const sender = newSender();
    sender.start();
    await eventually("all are dead", async () => expect((await sender.status()).dead).toBe(3));
    expect(service.requests).toHaveLength(9);
    expect(dead).toEqual(Array.from({ length: 3 }, () => "search SyncRefusedError SYNC_REFUSED"));
    const letters = await sender.deadLetters();
    expect(letters.map(({ message, attempts }) => [message, attempts])).toEqual([
      [first, 3],
      [second, 3],
      [third, 3],
    ]);
    expect(inspect(letters)).not.toMatch(/secret/);

    works = true;
    const idOf = (message: string) =>
      letters.filter((letter) => letter.message === message).map(({ id }) => id);
    expect(await sender.discard({ ids: idOf(second) })).toBe(1);
    expect(await sender.redrive({ endpoint: "erp" })).toBe(0);
    expect(await sender.redrive({ ids: idOf(first) })).toBe(1);
    await eventually("the first is delivered", async () => expect(await rowsOf(namespace)).toHaveLength(1));
    expect(await sender.redrive()).toBe(1);
    await eventually("the third is delivered", async () => expect(await rowsOf(namespace)).toEqual([]));
    expect(service.requests.slice(9).map(({ headers }) => headers["webhook-id"])).toEqual([first, third]);
    expect(rejections).toEqual([]);
  });

  test("gives up at once if the endpoint is gone", async () => {
    const { service, enqueue, newSender, dead } = await open(() => ({ status: 410 }));
    await enqueue();
    newSender().start();
    await eventually("it is dead", () => expect(dead).toHaveLength(1));
    expect(service.requests).toHaveLength(1);
  });

  test("of another endpoint is not delayed by one that hangs", async () => {
    const hanging = await startService(() => "silent");
    const { service, outbox, newSender } = await open();
    const endpoints = {
      hanging: { url: hanging.url, secrets: [SECRET] },
      search: { url: service.url, secrets: [SECRET] },
    };
    for (let each = 0; each < 20; each++) {
      await inTransaction(pool, (tx) =>
        outbox.enqueue(tx, { endpoints: ["hanging", "search"], type: "a", data: each }),
      );
    }
    const sender = newSender({ endpoints, concurrency: 2 });
    sender.start();
    await eventually("the others are delivered", () => expect(service.requests).toHaveLength(20));
    expect(hanging.requests).toHaveLength(2);
  });

  test("leaves webhooks for endpoints that it does not have", async () => {
    const { namespace, outbox, enqueue, newSender } = await open();
    await inTransaction(pool, (tx) => outbox.enqueue(tx, { endpoints: ["erp"], type: "a", data: 1 }));
    await enqueue();
    const sender = newSender();
    sender.start();
    await eventually("its own is delivered", async () => expect((await sender.status()).delivered).toBe(1));
    expect((await rowsOf(namespace)).map(({ endpoint, attempts }) => [endpoint, attempts])).toEqual([
      ["erp", 0],
    ]);
  });

  test("shares the work with others: each webhook is sent once", async () => {
    const { namespace, service, enqueue, newSender } = await open();
    const ids: string[] = [];
    for (let each = 0; each < 100; each++) ids.push(await enqueue("a", each));
    const senders = Array.from({ length: 4 }, () => newSender());
    for (const sender of senders) sender.start();
    await eventually("all are delivered", async () => expect(await rowsOf(namespace)).toEqual([]));
    const sent = service.requests.map(({ headers }) => String(headers["webhook-id"]));
    expect(sent.sort()).toEqual(ids.sort());
  });

  test("never claims a row that another one claims at the same time", async () => {
    const { namespace, enqueue } = await open();
    for (let each = 0; each < 20; each++) await enqueue("a", each);
    const rows = new WebhookRows(pool, namespace);
    for (let round = 0; round < 10; round++) {
      const claims = await Promise.all(Array.from({ length: 10 }, () => rows.claim("search", 20, 60_000)));
      const ids = claims.flat().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      await pool.query("update moonpath_webhooks set due_at = now() where namespace = $1", [namespace]);
    }
  });

  test("that has died loses nothing: another one sends again when the lease ends", async () => {
    const { namespace, service, enqueue, newSender } = await open((number) =>
      number === 0 ? "silent" : DONE,
    );
    const id = await enqueue();
    const first = newSender({ deadlineMs: 60_000 });
    first.start();
    await eventually("it is sent", () => expect(service.requests).toHaveLength(1));
    newSender().start();
    // The lease is over: the first sender is stopped, or its machine is gone.
    await pool.query("update moonpath_webhooks set due_at = now() where namespace = $1", [namespace]);
    await eventually("it is delivered", async () => expect(await rowsOf(namespace)).toEqual([]));
    expect(service.requests.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
  });

  test("that comes back late does not change a row that another one has claimed", async () => {
    const { namespace, service, enqueue, newSender } = await open(() => "silent");
    await enqueue();
    const late = newSender({ deadlineMs: 300 });
    late.start();
    await eventually("it is sent", () => expect(service.requests).toHaveLength(1));
    await pool.query(
      "update moonpath_webhooks set claims = claims + 1, due_at = now() + interval '1 hour' where namespace = $1",
      [namespace],
    );
    await eventually("the late one has failed", async () =>
      expect((await late.status()).lastError).toBeDefined(),
    );
    const [row] = await rowsOf(namespace);
    expect(row.error).toBeNull();
    expect(row.due_at.getTime() - Date.now()).toBeGreaterThan(3_000_000);
  });

  test("that is stopped gives its webhooks back at once, and their attempt does not count", async () => {
    const { namespace, service, enqueue, newSender } = await open(() => "silent");
    await enqueue();
    const sender = newSender();
    sender.start();
    await eventually("it is sent", () => expect(service.requests).toHaveLength(1));
    expect(await sender.stop({ graceMs: 50 })).toBe("finished");
    const [row] = await rowsOf(namespace);
    expect(row.attempts).toBe(0);
    expect(row.due_at.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    sender.start();
    expect(service.requests).toHaveLength(1);
  });

  test("waits in stop() for the delivery in progress", async () => {
    const { namespace, service, enqueue, newSender } = await open();
    await enqueue();
    const sender = newSender();
    sender.start();
    await eventually("it is sent", () => expect(service.requests).toHaveLength(1));
    expect(await sender.stop()).toBe("finished");
    expect(await rowsOf(namespace)).toEqual([]);
  });

  test("survives an outage of PostgreSQL", async () => {
    const { namespace, enqueue, newSender, errors } = await open();
    await enqueue();
    let isAway = true;
    const query: typeof pool.query = pool.query.bind(pool);
    const sender = newSender({
      pool: {
        query: async (text: string, values?: unknown[]) => {
          if (isAway) throw new Error("terminating connection due to administrator command");
          return query(text, values);
        },
      },
    });
    sender.start();
    await eventually("it has failed twice", () => expect(errors.length).toBeGreaterThan(1));
    isAway = false;
    await eventually("it is delivered", async () => expect(await rowsOf(namespace)).toEqual([]));
  });
});

test("options that are not valid are refused, and no secret and no URL is shown", async () => {
  const { namespace } = await open();
  const sync = createSync();
  const search = { url: "https://search.example/", secrets: [SECRET] };
  const good = { pool, sync, endpoints: { search } };
  for (const [options, argument] of [
    [{ ...good, endpoints: {} }, "endpoints"],
    [
      { ...good, endpoints: { search: { ...search, url: "http://search.example/" } } },
      "endpoints.search.url",
    ],
    [
      { ...good, endpoints: { search: { ...search, url: "https://u:secret@search.example/" } } },
      "endpoints.search.url",
    ],
    [{ ...good, endpoints: { search: { ...search, secrets: ["secret"] } } }, "secrets"],
    [{ ...good, deadlineMs: 1 }, "deadlineMs"],
    [{ ...good, concurrency: 101 }, "concurrency"],
    [{ ...good, maxAttempts: 0 }, "maxAttempts"],
  ] as const) {
    let error: unknown;
    try {
      createWebhookSender({ namespace }, options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "ARGUMENT", argument });
    expect(inspect(error)).not.toMatch(/:secret|whsec_A/);
  }
  expect(() =>
    createWebhookSender(
      { namespace },
      { ...good, endpoints: { search: { ...search, url: "http://search.example/", allowsHttp: true } } },
    ),
  ).not.toThrow();
});
