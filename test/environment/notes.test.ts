import { describe, expect, test } from "vitest";
import { optionsFromEnv } from "../../src/index.js";

test("a misspelt variable has a note, but variables of Kubernetes have none", () => {
  expect(
    optionsFromEnv({
      REDIS_ADDR: "localhost:6379",
      REDIS_PASWORD: "secret",
      REDISURL: "redis://a",
      REDIS_PORT: "tcp://10.0.0.7:6379",
      REDIS_SERVICE_HOST: "10.0.0.7",
    }).notes,
  ).toEqual([
    "REDIS_PASWORD is not known; the nearest is REDIS_PASSWORD.",
    "REDISURL is not known; the nearest is REDIS_URL.",
  ]);
});

describe("a common name that is not read has a note", () => {
  const address = "write REDIS_ADDR=host:port";
  const tls = "write REDIS_URL=rediss://host:port";
  test.each([
    ["REDIS_HOST", "cache", address, { REDIS_ADDR: "cache" }],
    ["REDIS_PORT", "6380", address, { REDIS_URL: "redis://cache" }],
    ["REDIS_ADDRESS", "cache:6379", address, { REDIS_ADDR: "cache" }],
    ["REDIS_ENDPOINT", "cache:6379", address, { REDIS_ADDR: "cache" }],
    ["REDIS_USER", "ann", "write REDIS_USERNAME", { REDIS_USERNAME: "ann", REDIS_PASSWORD: "x" }],
    ["REDIS_PASS", "s3cret", "write REDIS_PASSWORD", { REDIS_PASSWORD: "x" }],
    ["REDIS_DATABASE", "3", "write REDIS_DB", { REDIS_DB: "3" }],
    ["REDIS_TLS", "true", tls, { REDIS_URL: "rediss://cache" }],
    ["REDIS_SSL", "true", tls, { REDIS_URL: "rediss://cache" }],
    ["REDIS_CLUSTER", "1", "several addresses in REDIS_ADDR name a cluster", { REDIS_ADDR: "a:1,b:1" }],
    [
      "REDIS_TIMEOUT",
      "5000",
      "write REDIS_READ_TIMEOUT for calls, and REDIS_DIAL_TIMEOUT for connecting",
      { REDIS_READ_TIMEOUT: "5s" },
    ],
    ["REDIS_RETRIES", "3", "write REDIS_MAX_RETRIES", { REDIS_MAX_RETRIES: "3" }],
  ])("%s=%s", (name, value, instead, followed) => {
    expect(optionsFromEnv({ [name]: value }).notes).toEqual([
      `${name} is not read; ${instead}.`,
      "REDIS_ADDR and REDIS_URL are not set, so localhost:6379 is used.",
    ]);
    const server = "REDIS_ADDR" in followed ? {} : { REDIS_URL: "redis://cache" };
    expect(optionsFromEnv({ ...server, ...followed, [name]: value }).notes).toEqual([]);
  });

  test("but not if it is off, empty, or set by Kubernetes", () => {
    const { notes } = optionsFromEnv({
      REDIS_ADDR: "cache",
      REDIS_TLS: "false",
      REDIS_SSL: "0",
      REDIS_CLUSTER: "no",
      REDIS_TIMEOUT: "",
      REDIS_PORT: "tcp://10.0.0.7:6379",
    });
    expect(notes).toEqual([]);
  });
});

test("the default server has a note if variables of Redis are set, but none of them names it", () => {
  const used = "REDIS_ADDR and REDIS_URL are not set, so localhost:6379 is used.";
  expect(optionsFromEnv({ REDIS_PORT: "tcp://10.0.0.7:6379" }).notes).toEqual([used]);
  expect(optionsFromEnv({ REDIS_PASSWORD: "secret" }).notes).toEqual([used]);
  expect(optionsFromEnv({ REDIS_PASSWORD: "", PATH: "/bin" }).notes).toEqual([]);
  expect(optionsFromEnv({ REDIS_URL: "redis://cache", REDIS_DB: "0" }).notes).toEqual([]);
});
