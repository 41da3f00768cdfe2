import { afterAll, beforeAll, expect, test } from "vitest";
import { BenchServer } from "../../../tools/bench/scripts/bench-server.js";
import { cases } from "../../../tools/bench/scripts/cases/index.js";
import { keyCosts } from "../../../tools/bench/scripts/key-costs.js";
import { typicalCall } from "../../../tools/bench/scripts/measure.js";
import { readRivals } from "../../../tools/bench/scripts/rivals.js";
import { readStatistics } from "../../../tools/bench/scripts/statistics.js";

const paths = cases.filter(({ atLimit }) => !atLimit);

let server: BenchServer;

beforeAll(async () => {
  server = await BenchServer.start(false);
});

afterAll(() => server.stop());

test.each(cases.map((one) => [`${one.script}, ${one.path}`, one] as const))(
  "the calls of %s get the expected reply",
  { timeout: 120_000 },
  async (_, measured) => {
    const form = { ...measured, answers: true };
    await server.load(form);
    const calls = await server.prepare(measured, 2);
    if (measured.sentBefore) await server.run({ ...form, answers: false }, calls, measured);
    await server.run(form, calls, measured);
  },
);

test.each(paths.map((one) => [`${one.script}, ${one.path}`, one] as const))(
  "the named commands of %s are those of its later calls",
  { timeout: 120_000 },
  async (_, measured) => {
    const form = { ...measured, answers: true };
    await server.load(form);
    const { commands } = await typicalCall(server, measured);
    const calls = await server.prepare(measured, 4);
    if (measured.sentBefore) await server.run({ ...form, answers: false }, calls, measured);
    await server.run(form, calls.slice(0, 1), measured);
    await server.redis.config("RESETSTAT");
    await server.run(form, calls.slice(1), measured);
    const statistics = await readStatistics(server.redis, measured);
    expect(statistics.commands / statistics.calls).toBe(commands.length);
  },
);

test("the bytes of a further element are those of a key with many", async () => {
  const { redis } = server;
  await redis.flushall();
  await redis.hset("hash", { "level:berlin": "17", "event:berlin": "17 10" });
  await redis.zadd("zset", 1_767_225_600_000, "acme:lamp");
  await redis.rpush("list", "1767225600000", "offer-1");
  await redis.set("text", "17");
  const costs = await keyCosts(redis, { hash: "hash", zset: "zset", list: "list", text: "text", no: "no" });
  expect(costs).toEqual({
    hash: { bytes: expect.any(Number), elements: 2, perElement: expect.any(Number) },
    zset: { bytes: expect.any(Number), elements: 1, perElement: expect.any(Number) },
    list: { bytes: expect.any(Number), elements: 2, perElement: expect.any(Number) },
    text: { bytes: expect.any(Number) },
  });
  expect(await redis.dbsize()).toBe(4);
  for (let number = 0; number < 10_000; number++) await redis.zadd("zset", 1, `acme:lamp-${number}`);
  const many = (await redis.memory("USAGE", "zset", "SAMPLES", 0)) ?? 0;
  expect(costs["zset"]?.perElement).toBeGreaterThan(0.7 * (many / 10_000));
  expect(costs["zset"]?.perElement).toBeLessThan(1.3 * (many / 10_000));
});

test.each(
  paths.flatMap((one) => {
    const rival = readRivals().find(({ script }) => script === one.script);
    return rival === undefined ? [] : [[`${one.script}, ${one.path}`, one, rival] as const];
  }),
)("the rival gives the replies of %s", { timeout: 120_000 }, async (_, measured, rival) => {
  const form = { ...rival, answers: true };
  await server.load(form);
  await server.load({ ...measured, answers: true });
  const calls = await server.prepare(measured, 3);
  if (measured.sentBefore) await server.run({ ...measured, answers: false }, calls, measured);
  await server.run(form, calls, measured);
});
