import { EventEmitter } from "node:events";
import { Cluster, Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { createMoonpath } from "../../src/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { sharedRedis } from "../support/redis.js";

const redis = sharedRedis();

/** The parts by which a Sentinel of node-redis is recognised. */
class NodeRedisSentinel extends EventEmitter {
  readonly isOpen = false;
  readonly options = {};
  connect = async () => this;
  sendCommand = async () => "OK";
  getSentinelNode = () => undefined;
  duplicate = () => this;
  multi = () => ({});
}

const fits =
  "a Redis or Cluster object of ioredis 5 or 6, or of iovalkey, or a client or cluster of node-redis 5 or 6";
const cases: [name: string, value: unknown, expected: string][] = [
  ["nothing", undefined, fits],
  ["null", null, fits],
  ["a number", 6379, fits],
  ["an empty object", {}, `${fits}; this is an object without on`],
  ["an emitter", new EventEmitter(), `${fits}; this is an object without connect`],
  ["a URL", "redis://localhost", `${fits}; this is a URL; pass new Redis(url)`],
  ["a URL object", new URL("redis://localhost"), `${fits}; this is a URL; pass new Redis(url)`],
  ["the class", Redis, `${fits}; this is a class or a function; pass new Redis(…)`],
  ["the class of a cluster", Cluster, `${fits}; this is a class or a function; pass new Redis(…)`],
  ["options", { host: "localhost" }, `${fits}; this is options of a connection; pass new Redis(options)`],
  ["a promise", Promise.resolve(redis), `${fits}; this is a promise; await it first`],
  ["a pipeline", redis.pipeline(), `${fits}; this is a pipeline or a transaction; pass its connection`],
  [
    "a Sentinel of node-redis",
    new NodeRedisSentinel(),
    `${fits}; this is a Sentinel or a pool of node-redis; pass a client or a cluster`,
  ],
];

describe("what is no connection is refused, with the clients that fit", () => {
  test.each(cases)("%s", async (_, value, expected) => {
    for (const make of [
      () => Reflect.apply(createMoonpath, undefined, [value]),
      () => Reflect.apply(createScriptClient, undefined, [value, scripts]),
    ]) {
      expect(await errorOf((async () => make())())).toMatchObject({
        code: "ARGUMENT",
        argument: "redis",
        expected,
      });
    }
  });
});
