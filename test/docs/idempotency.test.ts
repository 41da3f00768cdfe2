import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { blocksOf, runBlock } from "../support/docs.js";
import { freshKey } from "../support/http.js";
import { freshNamespace } from "../support/redis.js";

const SESSIONS = [
  ["old", "ann"],
  ["refreshed", "ann"],
  ["other", "ben"],
] as const;

let app: FastifyInstance = Fastify();
let exported: object = {};

beforeAll(async () => {
  const block = (await blocksOf("docs/idempotency.md")).find((text) => text.includes("idempotencyKeys"));
  if (block === undefined) throw new Error("docs/idempotency.md has no example of the plugin");
  exported = await runBlock(block, inject("redisUrl"), freshNamespace());
  if (!("app" in exported && isServer(exported.app))) throw new Error("the example exports no app");
  app = exported.app;
  if (!("sessions" in exported && exported.sessions instanceof Map))
    throw new Error("it exports no sessions");
  for (const [token, accountId] of SESSIONS) exported.sessions.set(token, { accountId });
});
afterAll(async () => {
  await app.close();
  if ("redis" in exported && exported.redis instanceof Object && "disconnect" in exported.redis)
    Reflect.apply(Object(exported.redis.disconnect), exported.redis, []);
});

function isServer(value: unknown): value is FastifyInstance {
  return typeof value === "object" && value !== null && "inject" in value;
}

async function order(key: string, authorization?: string) {
  const headers = { "idempotency-key": key, ...(authorization === undefined ? {} : { authorization }) };
  const answer = await app.inject({ method: "POST", url: "/orders", headers, payload: { lamp: 1 } });
  return { status: answer.statusCode, replayed: answer.headers["idempotency-replayed"], body: answer.body };
}

test("hole 12: the guide's example takes a refreshed token as the same caller, and another account as another", async () => {
  const key = freshKey();
  const first = await order(key, "Bearer old");
  expect(first).toMatchObject({ status: 201, replayed: undefined });
  expect(await order(key, "Bearer refreshed")).toEqual({ ...first, replayed: "true" });
  expect(await order(key, "Bearer other")).toMatchObject({ status: 201, replayed: undefined });
});

test.each([undefined, "", "undefined", "Bearer ", "Bearer undefined", "Bearer unknown"])(
  "hole 12: the guide's example refuses a request without an account (%j)",
  async (authorization) => {
    const key = freshKey();
    expect(await order(key, authorization)).toMatchObject({ status: 401, replayed: undefined });
    expect(await order(key, authorization)).toMatchObject({ status: 401, replayed: undefined });
  },
);
