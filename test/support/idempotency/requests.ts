import { randomUUID } from "node:crypto";
import type { RequestScripts } from "../../../src/idempotency/index.js";
import { createMoonpath } from "../../../src/index.js";
import { freshNamespace, workerRedis } from "../redis.js";

export const redis = workerRedis();
const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 10_000 });
export const acme = moonpath.tenant("acme");
export const fresh = () => `request-${randomUUID()}`;

/** The scripts of a tenant, some of them replaced. */
export const scriptsWith = (replaced: Partial<RequestScripts>): RequestScripts => ({
  ...acme.scripts.idempotency,
  ...replaced,
});
