import { Cluster, Redis } from "ioredis";
import { Redis as Valkey, Cluster as ValkeyCluster } from "iovalkey";
import { describe, expect, test } from "vitest";
import { variables } from "../../src/environment/index.js";
import { createMoonpath, type EnvironmentOptions, optionsFromEnv } from "../../src/index.js";
import { errorOf } from "../support/client/fixtures.js";
import { expectTable } from "../support/docs.js";

const lazy = { lazyConnect: true } as const;

/** What ioredis would use, without connecting. */
function ioredisOptions({ redis }: EnvironmentOptions) {
  if (!redis) throw new Error("the environment names a cluster");
  const { options } = new Redis({ ...redis, ...lazy });
  const { host, port, db, username, password, connectTimeout, socketTimeout } = options;
  return { host, port, db, username, password, connectTimeout, socketTimeout };
}

type Row = { readonly value: string; readonly redis?: object; readonly moonpath?: object };

const DEFAULT_SERVER = "REDIS_ADDR and REDIS_URL are not set, so localhost:6379 is used.";

/** One valid value of each variable, and all that it changes. */
const rows: Readonly<Record<keyof typeof variables, Row>> = {
  REDIS_ADDR: { value: "cache.internal:6380", redis: { host: "cache.internal", port: 6380 } },
  REDIS_URL: {
    value: "rediss://ann:p%40ss@cache.internal:6380/3",
    redis: { host: "cache.internal", port: 6380, db: 3, username: "ann", password: "p@ss" },
  },
  REDIS_USERNAME: { value: "ann", redis: { username: "ann", password: "secret" } },
  REDIS_PASSWORD: { value: "secret", redis: { password: "secret" } },
  REDIS_DB: { value: "3", redis: { db: 3 } },
  REDIS_DIAL_TIMEOUT: { value: "5s", redis: { connectTimeout: 5_000 } },
  REDIS_READ_TIMEOUT: { value: "3s", redis: { socketTimeout: 3_000 }, moonpath: { deadlineMs: 3_000 } },
  REDIS_WRITE_TIMEOUT: { value: "3s" },
  REDIS_MAX_RETRIES: { value: "3", moonpath: { retries: 3 } },
  REDIS_POOL_SIZE: { value: "100" },
  REDIS_MIN_IDLE_CONNS: { value: "10" },
  REDIS_WRITE_BEHIND_ENABLED: { value: "true" },
  REDIS_WRITE_BEHIND_BATCH: { value: "10s" },
};
const names = Object.keys(variables).filter((name): name is keyof typeof variables => name in variables);

const base = {
  host: "localhost",
  port: 6379,
  db: 0,
  username: null,
  password: null,
  connectTimeout: 10_000,
  socketTimeout: undefined,
};

test("without any variable it is the default server", () => {
  const env = optionsFromEnv({ PATH: "/bin", REDIS_PASSWORD: "" });
  expect(ioredisOptions(env)).toEqual(base);
  expect(env).toMatchObject({ moonpath: {}, notes: [] });
});

describe("the table of variables", () => {
  test.each(names)("%s does what its row says, and nothing else", (name) => {
    const { value, redis, moonpath } = rows[name];
    const login = name === "REDIS_USERNAME" ? { REDIS_PASSWORD: "secret" } : {};
    const namesServer = name === "REDIS_ADDR" || name === "REDIS_URL";
    const env = optionsFromEnv({ [name]: value, ...login });
    expect(ioredisOptions(env)).toEqual({ ...base, ...redis });
    expect(env.moonpath).toEqual(moonpath ?? {});
    const hasEffect = redis !== undefined || moonpath !== undefined;
    expect(variables[name].effect.startsWith("None: ")).toBe(!hasEffect);
    const note = expect.stringMatching(new RegExp(`^${name} has no effect: .+\\.$`));
    expect(env.notes).toEqual([...(hasEffect ? [] : [note]), ...(namesServer ? [] : [DEFAULT_SERVER])]);
  });

  test("is that of docs/client.md", async () => {
    const table = Object.entries(variables).map(([name, { value, effect }]) => [
      `\`${name}\``,
      value,
      effect,
    ]);
    await expectTable("docs/client.md", "environment", ["Variable", "Value", "Effect"], table);
  });
});

test("the environment of the seeds works, and says what has no effect", () => {
  const env = optionsFromEnv({
    REDIS_ADDR: "localhost:6379",
    REDIS_PASSWORD: "",
    REDIS_DB: "0",
    REDIS_POOL_SIZE: "100",
    REDIS_MIN_IDLE_CONNS: "10",
    REDIS_WRITE_BEHIND_ENABLED: "true",
    REDIS_WRITE_BEHIND_BATCH: "10s",
  });
  expect(ioredisOptions(env)).toEqual(base);
  expect(env.notes.map((note) => note.split(" ")[0])).toEqual([
    "REDIS_POOL_SIZE",
    "REDIS_MIN_IDLE_CONNS",
    "REDIS_WRITE_BEHIND_ENABLED",
    "REDIS_WRITE_BEHIND_BATCH",
  ]);
  expect(env.notes.join()).toMatch(/no pool.*only if its definition has a queue/);
});

describe("addresses", () => {
  test.each([
    ["cache", { host: "cache", port: 6379 }],
    [":6380", { host: "localhost", port: 6380 }],
    ["[::1]:6380", { host: "::1", port: 6380 }],
    ["10.0.0.7:1", { host: "10.0.0.7", port: 1 }],
    [" cache:6380 ", { host: "cache", port: 6380 }],
  ])("%j", (REDIS_ADDR, server) => {
    expect(optionsFromEnv({ REDIS_ADDR }).redis).toMatchObject(server);
  });

  test("of several nodes are the arguments of a cluster, of ioredis and of iovalkey", () => {
    const { cluster, redis } = optionsFromEnv({
      REDIS_URL: "rediss://:pass@a:7000,rediss://b:7001",
      REDIS_DIAL_TIMEOUT: "2s",
    });
    expect(redis).toBeUndefined();
    if (!cluster) throw new Error("no cluster");
    const nodes = [
      { host: "a", port: 7000 },
      { host: "b", port: 7001 },
    ];
    expect(cluster.nodes).toEqual(nodes);
    expect.assertions(8);
    const redisOptions = { password: "pass", tls: {}, connectTimeout: 2_000 };
    for (const made of [
      new Cluster(cluster.nodes, { ...cluster.options, ...lazy }),
      new ValkeyCluster(cluster.nodes, { ...cluster.options, ...lazy }),
    ]) {
      expect(made.options.redisOptions).toMatchObject(redisOptions);
      made.options.dnsLookup?.("cache.internal", (_error, address) => expect(address).toBe("cache.internal"));
    }
    expect(optionsFromEnv({ REDIS_ADDR: "a:7000,b:7001" }).cluster?.nodes).toEqual(nodes);
    expect(optionsFromEnv({ REDIS_ADDR: "a:7000,b:7001" }).cluster?.options.dnsLookup).toBeUndefined();
  });

  test("of one server are options of iovalkey, too", () => {
    const { redis } = optionsFromEnv({ REDIS_URL: "rediss://ann:pass@a:7000/2", REDIS_READ_TIMEOUT: "1s" });
    if (!redis) throw new Error("no single server");
    expect(new Valkey({ ...redis, ...lazy }).options).toMatchObject({ host: "a", db: 2, username: "ann" });
  });
});

describe("durations are those of Go", () => {
  test.each([
    ["5s", 5_000],
    ["500ms", 500],
    ["1m30s", 90_000],
    ["1.5s", 1_500],
    ["2h", 7_200_000],
    ["1500us", 2],
    ["1500µs", 2],
    [".5s", 500],
  ])("%s", (REDIS_READ_TIMEOUT, deadlineMs) => {
    const { moonpath } = optionsFromEnv({ REDIS_READ_TIMEOUT });
    expect(moonpath).toEqual({ deadlineMs });
    // createMoonpath takes it.
    const redis = new Redis(lazy);
    createMoonpath(redis, moonpath).close();
    redis.disconnect();
  });
});

describe("a wrong value is refused by the name of its variable, and never shown", () => {
  const SECRET = "s3cret";
  const cases: [env: Record<string, string>, argument: string, expected: RegExp][] = [
    [{ REDIS_ADDR: "a:1", REDIS_URL: `redis://:${SECRET}@b:1` }, "REDIS_ADDR", /together with REDIS_URL/],
    [{ REDIS_ADDR: `redis://:${SECRET}@b:1` }, "REDIS_ADDR", /host:port.*a URL belongs in REDIS_URL/],
    [{ REDIS_ADDR: `${SECRET}:0` }, "REDIS_ADDR", /host:port/],
    [{ REDIS_ADDR: `${SECRET}:65536` }, "REDIS_ADDR", /host:port/],
    [{ REDIS_ADDR: "a:1,:" }, "REDIS_ADDR", /host:port/],
    [{ REDIS_ADDR: "," }, "REDIS_ADDR", /not only commas/],
    [{ REDIS_URL: `http://:${SECRET}@b:1` }, "REDIS_URL", /must begin with redis:/],
    [{ REDIS_URL: SECRET }, "REDIS_URL", /It is no URL/],
    [{ REDIS_URL: `redis://:${SECRET}#x@b:1` }, "REDIS_URL", /%23/],
    [{ REDIS_URL: `redis://:${SECRET}@b:1?family=6` }, "REDIS_URL", /no \?/],
    [{ REDIS_URL: `redis://:${SECRET}%zz@b:1` }, "REDIS_URL", /% escape/],
    [{ REDIS_URL: `redis://:${SECRET}@b:1/x` }, "REDIS_URL", /a number as database/],
    [{ REDIS_URL: `redis://:${SECRET}@a:1,redis://:other@b:1` }, "REDIS_URL", /one login/],
    [{ REDIS_URL: "redis://a:1,rediss://b:1" }, "REDIS_URL", /one scheme/],
    [{ REDIS_URL: "redis://:x@a", REDIS_PASSWORD: SECRET }, "REDIS_PASSWORD", /that of REDIS_URL/],
    [{ REDIS_URL: "redis://u:x@a", REDIS_USERNAME: SECRET }, "REDIS_USERNAME", /that of REDIS_URL/],
    [{ REDIS_USERNAME: SECRET }, "REDIS_PASSWORD", /the password of the user/],
    [{ REDIS_URL: "redis://a/1", REDIS_DB: "2" }, "REDIS_DB", /that of REDIS_URL/],
    [{ REDIS_DB: "-1" }, "REDIS_DB", /a whole number from 0 to/],
    [{ REDIS_DB: "1.5" }, "REDIS_DB", /a whole number/],
    [{ REDIS_ADDR: "a:1,b:1", REDIS_DB: "2" }, "REDIS_DB", /a cluster has no other/],
    [{ REDIS_READ_TIMEOUT: "3" }, "REDIS_READ_TIMEOUT", /with a unit, such as 5s/],
    [{ REDIS_READ_TIMEOUT: "3s5" }, "REDIS_READ_TIMEOUT", /with a unit/],
    [{ REDIS_READ_TIMEOUT: "-3s" }, "REDIS_READ_TIMEOUT", /with a unit/],
    [{ REDIS_READ_TIMEOUT: "0s" }, "REDIS_READ_TIMEOUT", /from 1ms/],
    [{ REDIS_READ_TIMEOUT: "600h" }, "REDIS_READ_TIMEOUT", /to 596h/],
    [{ REDIS_DIAL_TIMEOUT: "soon" }, "REDIS_DIAL_TIMEOUT", /a duration/],
    [{ REDIS_WRITE_TIMEOUT: "soon" }, "REDIS_WRITE_TIMEOUT", /a duration/],
    [{ REDIS_MAX_RETRIES: "-1" }, "REDIS_MAX_RETRIES", /from 0 to 1000/],
    [{ REDIS_MAX_RETRIES: "1001" }, "REDIS_MAX_RETRIES", /from 0 to 1000/],
    [{ REDIS_POOL_SIZE: "many" }, "REDIS_POOL_SIZE", /a whole number/],
    [{ REDIS_MIN_IDLE_CONNS: "few" }, "REDIS_MIN_IDLE_CONNS", /a whole number/],
    [{ REDIS_WRITE_BEHIND_ENABLED: "yes" }, "REDIS_WRITE_BEHIND_ENABLED", /true or false/],
    [{ REDIS_WRITE_BEHIND_BATCH: "10" }, "REDIS_WRITE_BEHIND_BATCH", /a duration/],
  ];
  test.each(cases)("%j", async (env, argument, expected) => {
    const error = await errorOf((async () => optionsFromEnv(env))());
    expect(error).toMatchObject({ code: "ARGUMENT", argument, expected: expect.stringMatching(expected) });
    expect(String(error)).not.toContain(SECRET);
  });

  test("no object", async () => {
    const refused = await errorOf((async () => Reflect.apply(optionsFromEnv, undefined, [null]))());
    expect(refused).toMatchObject({ code: "ARGUMENT", argument: "env" });
  });
});
