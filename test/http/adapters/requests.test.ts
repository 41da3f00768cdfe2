import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { createMoonpath } from "../../../src/index.js";
import { codeOf, order, partsOf, type ShopOptions, shops } from "../../support/adapters/shops.js";
import { freshKey, namespace, redis } from "../../support/http.js";
import { unsteady } from "../../support/limit/unsteady.js";
import { deferred } from "../../support/wait.js";

const jsonType = { "content-type": "application/json" };

/** Sends these lines over a connection of its own, and reads the reply. */
async function raw(
  url: string,
  lines: readonly string[],
  body = "",
): Promise<{ status: number; code: unknown }> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  const head = ["POST /orders HTTP/1.1", "host: shop", "connection: close", ...lines];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const [start = "", problem = ""] = (await text(socket)).split("\r\n\r\n");
  const json = /\{.*\}/s.exec(problem)?.[0];
  const parsed: { code?: unknown } = json === undefined ? {} : JSON.parse(json);
  return { status: Number(start.split(" ")[1]), code: parsed.code };
}

describe.each(Object.entries(shops))("%s:", (name, shop) => {
  /** A shop that counts, and tells what its handler read. */
  async function counting(options: ShopOptions = {}) {
    const bodies: unknown[] = [];
    const handler = async ({ body }: { readonly body: unknown }) => ({ body: `run ${bodies.push(body)}` });
    return { url: await shop(handler, options), bodies };
  }

  test("the handler reads the body as it came, also in chunks and in many parts", async () => {
    const { url, bodies } = await counting();
    const large = { lamps: "x".repeat(200_000) };
    expect((await partsOf(order(url, freshKey()))).status).toBe(200);
    expect((await partsOf(order(url, freshKey(), { body: JSON.stringify(large) }))).status).toBe(200);
    const key = freshKey();
    const chunked = [
      ...Object.entries(jsonType).map((pair) => pair.join(": ")),
      "transfer-encoding: chunked",
    ];
    const chunks = '5\r\n{"lam\r\n5\r\np":1}\r\n0\r\n\r\n';
    for (const _ of [1, 2]) {
      expect((await raw(url, [`idempotency-key: ${key}`, ...chunked], chunks)).status).toBe(200);
    }
    // The same content in one piece.
    expect((await partsOf(order(url, key))).replayed).toBe("true");
    expect(bodies).toEqual([{ lamp: 1 }, large, { lamp: 1 }]);
  });

  test("another payload gets 422; the order of keys does not matter", async () => {
    const { url } = await counting();
    const key = freshKey();
    expect((await partsOf(order(url, key, { body: '{"lamp":1,"oil":2}' }))).status).toBe(200);
    expect(await codeOf(order(url, key, { body: '{"lamp":2,"oil":2}' }))).toEqual([422, "PAYLOAD_MISMATCH"]);
    expect((await partsOf(order(url, key, { body: '{ "oil": 2, "lamp": 1 }' }))).replayed).toBe("true");
    const query = {
      method: "POST",
      body: '{"lamp":1,"oil":2}',
      headers: { ...jsonType, "idempotency-key": key },
    };
    expect(await codeOf(fetch(`${url}/orders?slow=1`, query))).toEqual([422, "PAYLOAD_MISMATCH"]);
  });

  test("a missing, malformed or repeated key gets 400, and nothing runs", async () => {
    const { url, bodies } = await counting();
    expect(await codeOf(order(url, undefined))).toEqual([400, "KEY_MISSING"]);
    expect(await codeOf(order(url, "two words"))).toEqual([400, "KEY_MALFORMED"]);
    const pairs = [
      ['"a', 'b"'],
      ['"a"', '"b"'],
      ['"a"', '"a"'],
      ["", '"a"'],
      ["a", "b"],
    ] as const;
    for (const pair of pairs) {
      const lines = pair.map((value) => `idempotency-key: ${value}`);
      const sent = raw(url, [...lines, "content-type: application/json", "content-length: 2"], "{}");
      expect(await sent).toEqual({ status: 400, code: "KEY_MALFORMED" });
    }
    expect(bodies).toEqual([]);
  });

  test("with `optional`, a request without a key runs each time", async () => {
    const { url, bodies } = await counting({ use: "optional" });
    await order(url, undefined);
    await order(url, undefined);
    const key = freshKey();
    await order(url, key);
    await order(url, key);
    expect(bodies.length).toBe(3);
  });

  test("a method that is not named passes by", async () => {
    const { url, bodies } = await counting({ methods: ["PATCH"] });
    const key = freshKey();
    await order(url, key);
    expect([(await partsOf(order(url, key))).replayed, bodies.length]).toEqual([null, 2]);
  });

  test("exactly one of 20 simultaneous requests runs, and all others get 409 or its replay", async () => {
    const { url, bodies } = await counting();
    const key = freshKey();
    const replies = await Promise.all(Array.from({ length: 20 }, () => partsOf(order(url, key))));
    const own = replies.filter(({ status, replayed }) => status === 200 && replayed === null);
    expect([own.length, bodies.length]).toEqual([1, 1]);
    for (const { status, text: body } of replies) {
      expect([200, 409]).toContain(status);
      if (status === 200) expect(body).toBe("run 1");
    }
  });

  test("with waitMs, a second request waits and gets the first one's reply", async () => {
    const [begun, finish] = [deferred("the handler begins"), deferred("the test ends the handler")];
    const handler = async () => {
      begun.resolve();
      await finish.promise;
      return { body: "done" };
    };
    const url = await shop(handler, { waitMs: 15_000 });
    const key = freshKey();
    const first = partsOf(order(url, key));
    await begun.promise;
    const second = partsOf(order(url, key));
    finish.resolve();
    expect((await first).text).toBe("done");
    expect([(await second).text, (await second).replayed]).toEqual(["done", "true"]);
  });

  test("a client that hangs up gets the stored reply when it asks again", async () => {
    const [begun, finish] = [deferred("the handler begins"), deferred("the test ends the handler")];
    let runs = 0;
    const handler = async () => {
      runs++;
      begun.resolve();
      await finish.promise;
      return { body: `run ${runs}` };
    };
    const url = await shop(handler, { waitMs: 15_000 });
    const key = freshKey();
    const headers = { ...jsonType, "idempotency-key": key };
    const client = httpRequest(`${url}/orders`, { method: "POST", headers });
    const closed = deferred("the client has hung up");
    client.on("error", () => {}).on("close", () => closed.resolve());
    client.end('{"lamp":1}');
    await begun.promise;
    client.destroy();
    await closed.promise;
    finish.resolve();
    const { text: body, replayed } = await partsOf(order(url, key));
    expect([body, replayed, runs]).toEqual(["run 1", "true", 1]);
  });

  // The parser has read such a body, and has a limit of its own.
  test.skipIf(name === "express, parsed before")(
    "a body above maxBodyBytes gets 413, and nothing runs",
    async () => {
      const { url, bodies } = await counting({ maxBodyBytes: 1_000 });
      const fits = JSON.stringify({ text: "x".repeat(989) });
      expect(await codeOf(order(url, freshKey(), { body: fits }))).toEqual([200, "run 1"]);
      const body = JSON.stringify({ text: "x".repeat(990) });
      expect(await codeOf(order(url, freshKey(), { body }))).toEqual([413, "BODY_TOO_LARGE"]);
      const lines = [`idempotency-key: ${freshKey()}`, "content-type: application/json"];
      const chunks = `3e9\r\n${body}\r\n0\r\n\r\n`;
      const sent = await raw(url, [...lines, "transfer-encoding: chunked"], chunks);
      expect([sent, bodies.length]).toEqual([{ status: 413, code: "BODY_TOO_LARGE" }, 1]);
    },
  );

  test("a body that ends too early runs nothing, and leaves the key free", async () => {
    const { url, bodies } = await counting();
    const key = freshKey();
    const client = connect(Number(new URL(url).port), "127.0.0.1");
    await once(client, "connect");
    client.write(
      `POST /orders HTTP/1.1\r\nhost: a\r\nidempotency-key: ${key}\r\ncontent-type: application/json\r\n`,
    );
    client.write('content-length: 10\r\n\r\n{"la', () => client.destroy());
    await once(client, "close");
    expect((await partsOf(order(url, key))).text).toBe("run 1");
    expect(bodies).toEqual([{ lamp: 1 }]);
  });

  // express.json() waits for such a body itself.
  test.skipIf(name === "express, parsed before")(
    "a body that does not arrive within handlerMs gets 408, and nothing runs",
    async () => {
      const { url, bodies } = await counting({ handlerMs: 30 });
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write(`POST /orders HTTP/1.1\r\nhost: a\r\nidempotency-key: ${freshKey()}\r\n`);
      socket.write('content-length: 10\r\n\r\n{"la');
      let reply = "";
      for await (const chunk of socket) {
        reply += String(chunk);
        if (reply.includes("BODY_TIMEOUT")) break;
      }
      socket.destroy();
      expect(reply).toMatch(/^HTTP\/1.1 408 /);
      expect(bodies).toEqual([]);
    },
  );

  test("two tenants do not share keys", async () => {
    const moonpath = createMoonpath(redis, { namespace, deadlineMs: 10_000 });
    const [north, south] = [moonpath.tenant("north"), moonpath.tenant("south")];
    const key = freshKey();
    for (const tenant of [north, south]) {
      const { url } = await counting({ tenant });
      expect((await partsOf(order(url, key))).replayed).toBeNull();
      expect((await partsOf(order(url, key))).replayed).toBe("true");
    }
  });

  test.each([
    { what: "no connection", status: 503, code: "UNAVAILABLE" },
    { what: "no answer", status: 504, code: "OUTCOME_UNKNOWN" },
  ])(
    "with $what of Redis the reply is $status with Retry-After, and nothing runs",
    async ({ what, status, code }) => {
      const { proxy, redis: own, tenant } = await unsteady({ deadlineMs: 100 });
      const { url, bodies } = await counting({ tenant });
      if (what === "no answer") proxy.blackHole();
      else await Promise.all([once(own, "close"), proxy.stop()]);
      const sent = await order(url, freshKey());
      expect([sent.status, sent.headers.get("retry-after")]).toEqual([status, "1"]);
      expect(await sent.json()).toMatchObject({ status, code });
      expect(bodies).toEqual([]);
    },
  );

  test("a reply that cannot be recorded is sent after recordMs, and recorded when Redis is back", async () => {
    const { proxy, tenant } = await unsteady();
    let runs = 0;
    const handler = async () => {
      proxy.blackHole();
      return { body: `run ${++runs}` };
    };
    const key = freshKey();
    expect((await partsOf(order(await shop(handler, { tenant, recordMs: 20 }), key))).text).toBe("run 1");
    proxy.heal();
    const again = await partsOf(order(await shop(handler, { tenant, waitMs: 15_000 }), key));
    expect([again.text, again.replayed, runs]).toEqual(["run 1", "true", 1]);
  });
});
