import { checkedInteger, checkTenant } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { checkTimes, idempotencyDefaults } from "../idempotency/index.js";
import { httpDefaults as defaults } from "./defaults.js";
import type { RequestKeyOptions } from "./key-options.js";

const KEY_USES: readonly unknown[] = ["required", "optional", "off"];
const FAILURES: readonly unknown[] = ["release", "unknown"];
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Checks all options when the plugin is registered or the middleware is made, so that no request
 * finds a wrong one.
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function checkOptions(options: RequestKeyOptions<never>): void {
  checkTenantOrFunction(options.tenant);
  checkTimes({
    leaseMs: options.leaseMs ?? idempotencyDefaults.leaseMs.value,
    rememberMs: options.rememberMs ?? idempotencyDefaults.rememberMs.value,
    waitMs: options.waitMs ?? idempotencyDefaults.waitMs.value,
  });
  if (options.onFailure !== undefined && !FAILURES.includes(options.onFailure)) {
    throw new ArgumentError("onFailure", "release or unknown");
  }
  for (const name of ["caller", "content", "keep", "onReplay"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "function") throw new ArgumentError(name, "a function");
  }
  checkHeaders(options.headers);
  const { maxReplyBytes, handlerMs, recordMs } = options;
  if (maxReplyBytes !== undefined) {
    checkedInteger("maxReplyBytes", maxReplyBytes, 1, defaults.replyBytesLimit.value);
  }
  if (handlerMs !== undefined) checkedInteger("handlerMs", handlerMs, 1, MAX_TIMER_MS);
  if (recordMs !== undefined) checkedInteger("recordMs", recordMs, 1, MAX_TIMER_MS);
}

/** @throws ArgumentError unless it is a use of keys */
export function checkKeyUse(argument: string, use: unknown): void {
  if (!KEY_USES.includes(use)) throw new ArgumentError(argument, "required, optional or off");
}

function checkTenantOrFunction(tenant: unknown): void {
  if (typeof tenant !== "function") checkTenant(tenant, "idempotency.run");
}

function checkHeaders(headers: unknown): void {
  if (headers === undefined) return;
  const areNames =
    Array.isArray(headers) && headers.every((name) => typeof name === "string" && HEADER_NAME.test(name));
  if (!areNames) throw new ArgumentError("headers", "a list of names of headers");
}
