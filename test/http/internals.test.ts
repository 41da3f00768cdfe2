import { once } from "node:events";
import { connect } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { Redis } from "ioredis";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { type IdempotencyKeyOptions, idempotencyKeys } from "../../src/http/index.js";
import { requestName } from "../../src/http/key.js";
import * as moonpath from "../../src/index.js";
import { createMoonpath, errorTable, keys, MoonpathError } from "../../src/index.js";
import { startRedis } from "../../src/testing/index.js";
import { freshKey, namespace, post, redis, required } from "../support/http.js";
import { freshNamespace } from "../support/redis.js";
import { UUID } from "../support/uuid.js";

/**
 * What no stranger needs: settings, users, commands, source files and lines, names of scripts and
 * of servers.
 */
const INTERNALS =
  /maxmemory|policy|lru|\.lua|lua\/|:\d+:|acl|noperm|stranger|idempotency\.\w|hgetall|user|redis/i;

const [evicting, plain] = await Promise.all([
  startRedis({ own: true, config: { "maxmemory-policy": "allkeys-lru" } }),
  startRedis({ own: true }),
]);
afterAll(() => Promise.all([evicting.stop(), plain.stop()]));

/** A server with the plugin, and what it logs. */
async function logged(
  options: IdempotencyKeyOptions,
  routes: (app: FastifyInstance) => void = (app) => {
    app.post("/orders", required, async () => "ran");
  },
) {
  const lines: unknown[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const app = Fastify({ logger: { level: "warn", stream: { write } } });
  onTestFinished(() => app.close());
  await app.register(idempotencyKeys, { caller: () => "ann", ...options });
  routes(app);
  await app.ready();
  return { app, lines };
}

function tenantOf(url: string): IdempotencyKeyOptions["tenant"] {
  const connection = new Redis(url);
  const client = createMoonpath(connection, { namespace: freshNamespace(), deadlineMs: 10_000 });
  onTestFinished(() => {
    client.close();
    connection.disconnect();
  });
  return client.tenant("acme");
}

const causes: Record<string, { code: string; tenant(): Promise<IdempotencyKeyOptions["tenant"]> }> = {
  "a server that may evict keys": { code: "EVICTION", tenant: async () => tenantOf(evicting.url) },
  "a user without rights": {
    code: "NO_PERMISSION",
    tenant: async () => {
      const admin = new Redis(plain.url);
      await admin.call("ACL", ["SETUSER", "stranger", "on", "nopass", "~*", "+ping", "+info", "+config|get"]);
      admin.disconnect();
      const url = new URL(plain.url);
      url.username = "stranger";
      url.password = "any";
      return tenantOf(url.href);
    },
  },
};

test.each(Object.entries(causes))(
  "hole 7: the body for %s has code, meaning and id, and the log has the rest",
  async (_, { code, tenant }) => {
    const { app, lines } = await logged({ tenant: await tenant() });
    const answer = await post(app, freshKey());
    expect(answer.statusCode).toBe(500);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body).not.toMatch(INTERNALS);
    const { id } = answer.json();
    expect(answer.json()).toMatchObject({ code, status: 500, id: expect.stringMatching(UUID) });
    expect(lines).toEqual([
      expect.objectContaining({ id, code, err: expect.objectContaining({ message: expect.any(String) }) }),
    ]);
    expect(JSON.stringify(lines)).toMatch(INTERNALS);
  },
);

test("hole 7: a corrupt record shows neither file nor line of its script", async () => {
  const { app, lines } = await logged({
    tenant: createMoonpath(redis, { namespace, deadlineMs: 10_000 }).tenant("acme"),
  });
  const record = keys.request({ namespace, tenant: "acme" }, requestName("ann", "corrupt"));
  await redis.hset(record, { state: "lost", owner: "w", fence: "seven", payload_hash: "f00d" });
  const answer = await post(app, '"corrupt"');
  expect(answer.json()).toEqual({
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    code: "CORRUPT",
    detail: errorTable.CORRUPT.meaning,
    id: expect.stringMatching(UUID),
  });
  expect(JSON.stringify(lines)).toContain("lua/lib/stored_integer.lua");
});

/** One of each error class that the package exports, with a message that nobody may see. */
const everyError = Object.values(moonpath).flatMap((exported: unknown) => {
  if (typeof exported !== "function" || !(exported.prototype instanceof MoonpathError)) return [];
  const facts = { script: { name: "x.y", version: "1.0.0", keyPatterns: [] }, source: "lua/x/y.lua:7" };
  const error: unknown = Reflect.construct(exported, ["SECRET", facts, facts]);
  return error instanceof MoonpathError ? [{ code: error.code, error }] : [];
});

test.each(everyError)("hole 7: the body holds no part of the message of $code", async ({ code, error }) => {
  const { app, lines } = await logged({ tenant: { idempotency: { run: () => Promise.reject(error) } } });
  const { statusCode, body } = await post(app, freshKey());
  const { meaning, status } = errorTable[code];
  expect(statusCode).toBe(status);
  expect(JSON.parse(body)).toMatchObject({ code, detail: meaning });
  expect(body).not.toMatch(/SECRET|x\.y|lua/);
  expect("id" in JSON.parse(body)).toBe(status >= 500);
  expect(JSON.stringify(lines).includes("SECRET")).toBe(status >= 500 || code === "ARGUMENT");
});

test.each(Object.entries(errorTable))("hole 7: the meaning of %s names no internals", (_, { meaning }) => {
  expect(meaning).not.toMatch(INTERNALS);
  expect(meaning).not.toMatch(/defect|`/);
});

test("hole 7: two failures have two ids, whichever request id the client sends", async () => {
  const { app } = await logged({ tenant: tenantOf(evicting.url) });
  const headers = { "request-id": "mine", "x-request-id": "mine" };
  const ids = [await post(app, freshKey(), { headers }), await post(app, freshKey(), { headers })].map(
    (answer): unknown => answer.json().id,
  );
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain("mine");
});

test("hole 7: the headers of the plugin's answer name no server, no framework and no version", async () => {
  const { app } = await logged({ tenant: tenantOf(evicting.url) });
  const origin = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(origin.port), origin.hostname);
  await once(socket, "connect");
  socket.write(
    `POST /orders HTTP/1.1\r\nhost: a\r\nidempotency-key: "h"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
  );
  let text = "";
  for await (const piece of socket) text += String(piece);
  const names = [
    ...text
      .split("\r\n\r\n", 1)
      .join()
      .matchAll(/^([\w-]+):/gm),
  ].map(([, name]) => name);
  expect(names.sort()).toEqual(["Date", "Connection", "content-length", "content-type"].sort());
});
