import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import type { Redis, RedisOptions } from "ioredis";
import { Redis as RedisClient } from "ioredis";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type Proxy as FaultyProxy, startProxy } from "../../src/testing/index.js";
import { withTimeout } from "../../src/testing/wait.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { within } from "../support/wait.js";

const target = {
  host: new URL(inject("redisUrl")).hostname,
  port: Number(new URL(inject("redisUrl")).port || 6379),
  password: new URL(inject("redisUrl")).password,
};
const clients: Redis[] = [];
let proxy: FaultyProxy;

beforeEach(async () => {
  proxy = await startProxy(target);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await proxy.stop();
});

/** A client behind the proxy that tries nothing twice. */
async function client(options: Omit<RedisOptions, "replyMapping"> = {}): Promise<Redis> {
  const redis = new RedisClient({
    host: proxy.host,
    port: proxy.port,
    password: proxy.password,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...options,
  });
  redis.on("error", () => undefined);
  clients.push(redis);
  await redis.connect();
  return redis;
}

test("a proxy without a fault forwards everything, including a megabyte and a pipeline", async () => {
  const redis = await client();
  const key = `${freshNamespace()}:big`;
  const value = "x".repeat(1_000_000);
  await redis.set(key, value, "PX", 60_000);
  expect(await redis.get(key)).toBe(value);
  const pipeline = redis.pipeline();
  for (let call = 0; call < 500; call++) pipeline.ping();
  expect(await pipeline.exec()).toHaveLength(500);
  expect(proxy.counters.connections).toBe(1);
  expect(proxy.counters.requestBytes).toBeGreaterThan(1_000_000);
  expect(proxy.counters.replyBytes).toBeGreaterThan(1_000_000);
});

test("cut() drops every open connection and accepts new ones", async () => {
  const both = await Promise.all([client(), client()]);
  const closed = Promise.all(both.map((redis) => once(redis, "end")));
  expect(proxy.cut()).toBe(2);
  await within("both connections end", closed);
  expect(proxy.counters.cuts).toBe(2);
  expect(await (await client()).ping()).toBe("PONG");
});

test("cutReplies() lets the server run the request, and drops the connection before the reply", async () => {
  const redis = await client();
  const key = `${freshNamespace()}:count`;
  proxy.cutReplies({ probability: 1 });
  await expect(redis.incr(key)).rejects.toThrow();
  expect(await sharedRedis().get(key)).toBe("1");
  expect(proxy.counters.cuts).toBe(1);
});

test("the same seed cuts the same replies", async () => {
  /** One request on a new connection. True if its reply came through. */
  const ask = async () => {
    const socket = connect(proxy.port, proxy.host);
    socket.write("PING\r\n");
    const answered = await Promise.race([
      once(socket, "data").then(() => true),
      once(socket, "close").then(() => false),
    ]);
    socket.destroy();
    return answered;
  };
  const run = async (seed: number) => {
    proxy.cutReplies({ probability: 0.5, seed });
    const answers: boolean[] = [];
    for (let call = 0; call < 40; call++) answers.push(await ask());
    return answers;
  };
  const answers = await run(3);
  expect(await run(3)).toEqual(answers);
  expect(await run(4)).not.toEqual(answers);
  const kept = answers.filter(Boolean).length;
  expect(kept).toBeGreaterThan(8);
  expect(kept).toBeLessThan(32);
});

test("a client that resends counts twice behind cut replies, as exactly-once tests assume", async () => {
  const redis = await client({
    autoResendUnfulfilledCommands: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 1,
  });
  const key = `${freshNamespace()}:count`;
  proxy.cutReplies({ probability: 0.2, seed: 11 });
  const calls = 200;
  for (let call = 0; call < calls; call++) await redis.incr(key);
  expect(Number(await sharedRedis().get(key))).toBeGreaterThan(calls);
  expect(proxy.counters.cuts).toBeGreaterThan(0);
});

test("delay() holds requests and replies back in order", async () => {
  const redis = await client();
  proxy.delay(40);
  const start = performance.now();
  const key = `${freshNamespace()}:list`;
  await Promise.all([redis.rpush(key, "a"), redis.rpush(key, "b"), redis.rpush(key, "c")]);
  expect(performance.now() - start).toBeGreaterThanOrEqual(78);
  proxy.delay(0);
  expect(await redis.lrange(key, 0, -1)).toEqual(["a", "b", "c"]);
  await redis.del(key);
});

test("delay() takes fractions of a millisecond", async () => {
  const redis = await client();
  proxy.delay(0.25);
  const took: number[] = [];
  for (let call = 0; call < 50; call++) {
    const start = performance.now();
    await redis.ping();
    took.push(performance.now() - start);
  }
  // Each direction has the delay. A timer of 1 ms for each would take 2 ms.
  expect(Math.min(...took)).toBeGreaterThanOrEqual(0.5);
  expect(Math.min(...took)).toBeLessThan(1.8);
});

test("heal() forwards bytes that are held back", async () => {
  const redis = await client();
  proxy.delay(600_000);
  const answer = redis.ping();
  await turn();
  proxy.heal();
  expect(await answer).toBe("PONG");
});

test("a stopped proxy does not keep the program running", async () => {
  const script = `
    import { connect } from "node:net";
    import { startProxy } from ${JSON.stringify(new URL("../../src/testing/proxy/proxy.ts", import.meta.url).href)};
    const proxy = await startProxy(${JSON.stringify(target)});
    proxy.delay(600_000);
    connect(proxy.port, proxy.host).on("error", () => {}).write("PING\\r\\n");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await proxy.stop();`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    expect(await withTimeout(once(child, "exit"), 15_000, "the program's end")).toEqual([0, null]);
  } finally {
    child.kill("SIGKILL");
  }
});

test("blackHole() answers nothing, and heal() drops the connections with gaps", async () => {
  const redis = await client();
  proxy.blackHole();
  const answer = redis.ping();
  const fresh = connect(proxy.port, proxy.host);
  await once(fresh, "connect");
  let heard = 0;
  fresh.on("data", (data) => {
    heard += data.length;
  });
  fresh.write("PING\r\n");
  await expect(
    Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, "silence"))]),
  ).resolves.toBe("silence");
  expect(heard).toBe(0);
  expect(proxy.counters.swallowedBytes).toBeGreaterThan(0);
  const dropped = Promise.all([once(fresh, "close"), once(redis, "end")]);
  proxy.heal();
  await within("the connections with gaps are dropped", dropped);
  await expect(answer).rejects.toThrow();
  expect(await (await client()).ping()).toBe("PONG");
});

test("a proxy without a server behind it drops its clients", async () => {
  const { freePorts } = await import("../../src/testing/process/ports.js");
  const [port = 1] = await freePorts(1);
  const nowhere = await startProxy({ host: "127.0.0.1", port });
  const socket = connect(nowhere.port, nowhere.host);
  await within("the proxy drops the client", once(socket, "close"));
  await nowhere.stop();
});

test("options outside their range are refused", async () => {
  const wanted = expect.objectContaining({ code: "TESTING_BAD_OPTION" });
  expect(() => proxy.cutReplies({ probability: 2 })).toThrow(wanted);
  expect(() => proxy.cutReplies({ probability: Number.NaN })).toThrow(wanted);
  expect(() => proxy.delay(-1)).toThrow(wanted);
  expect(() => proxy.delay(Number.NaN)).toThrow(wanted);
  expect(() => proxy.delay(600_001)).toThrow(wanted);
  await expect(startProxy({ host: "127.0.0.1", port: 0 })).rejects.toEqual(wanted);
});
