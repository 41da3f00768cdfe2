import { Redis } from "ioredis";
import { createMoonpath, type Moonpath, type MoonpathOptions, type Tenant } from "../../../src/index.js";
import { clientName, openConnection } from "./client-under-test.js";

/**
 * The worker's task from its environment. Arguments would be visible to all users, and a task has
 * passwords.
 */
export function taskOf(): Readonly<Record<string, unknown>> {
  const task: unknown = JSON.parse(process.env["MOONPATH_TASK"] ?? "{}");
  if (typeof task !== "object" || task === null) throw new Error("a worker's task is an object");
  return Object.fromEntries(Object.entries(task));
}

export function textField(task: Readonly<Record<string, unknown>>, name: string): string {
  const value = task[name];
  if (typeof value !== "string") throw new Error(`the task has no text ${name}`);
  return value;
}

export function numberField(task: Readonly<Record<string, unknown>>, name: string): number {
  const value = task[name];
  if (typeof value !== "number") throw new Error(`the task has no number ${name}`);
  return value;
}

/**
 * The worker's connection and client, made of the `port`, the `password` and the `namespace` of its
 * task.
 */
export function ownClient(
  task: Readonly<Record<string, unknown>>,
  { cache = {} }: Pick<MoonpathOptions, "cache"> = {},
): {
  redis: Redis;
  moonpath: Moonpath;
  tenant: Tenant;
} {
  const redis = new Redis(numberField(task, "port"), "127.0.0.1", {
    password: textField(task, "password"),
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
  });
  redis.on("error", () => {});
  const place = { host: "127.0.0.1", port: numberField(task, "port"), password: textField(task, "password") };
  const calls = clientName() === "ioredis" ? redis : openConnection(place, 20);
  const options = { namespace: textField(task, "namespace"), deadlineMs: 5_000, cache };
  const moonpath = createMoonpath(calls, options);
  return { redis, moonpath, tenant: moonpath.tenant("shop") };
}

/** Sends a message to the run. */
export function report(message: unknown): void {
  process.send?.(message);
}

/** Milliseconds since 1970 by Redis's clock. */
export async function redisNowMs(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
