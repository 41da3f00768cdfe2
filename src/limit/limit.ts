import type { Tenant } from "../../generated/ts/index.js";
import * as keys from "../../generated/ts/keys.js";
import type { Observer, Scope } from "../client/index.js";
import { Circuits } from "../core/circuit.js";
import { MoonpathError } from "../core/errors.js";
import { notify } from "../core/notify.js";
import { limitDefaults as defaults } from "./defaults.js";
import { LocalLimits } from "./local-limits.js";
import {
  type ResolvedOptions,
  type ResolvedTake,
  resolveOptions,
  resolveReset,
  resolveTake,
} from "./options.js";
import type { Limits, PeekAnswer, ResolvedLimit, TakeAnswer } from "./types.js";
import { usePermit } from "./using.js";

/** What all tenants of a client share. */
export class LimitState {
  readonly circuits = new Circuits(defaults.maxNodes.value, defaults.maxFailures.value);
  readonly local = new LocalLimits(defaults.maxLocalNames.value);
  readonly nodeOf: (key: string) => string;
  readonly observers: readonly Observer[];

  /** @param nodeOf the node that owns a key; the same text on a single server */
  constructor(nodeOf: (key: string) => string, observers: readonly Observer[] = []) {
    this.nodeOf = nodeOf;
    this.observers = observers;
  }
}

/** The tenant's scope and scripts, and what it shares with others. */
export interface LimitTenant {
  readonly scope: Scope;
  readonly scripts: Tenant["limit"];
  readonly state: LimitState;
}

/** The functions for rate limits and permits of one tenant. */
export function createLimit(tenant: LimitTenant): Limits {
  const { scope, scripts, state } = tenant;
  return {
    async take(args, options) {
      const take = resolveTake(args);
      const resolved = resolveOptions(options);
      const answer =
        (await askRedis(tenant, take, resolved, (timeoutMs) => takeInRedis(scripts, take, timeoutMs))) ??
        withoutRedis(tenant, take, resolved, true);
      const { outcome, degraded } = answer;
      for (const observer of state.observers) {
        notify((event) => observer.onTake?.(event), { outcome, degraded });
      }
      return answer;
    },
    async peek(args, options) {
      const peek = resolveTake(args);
      const resolved = resolveOptions(options);
      return (
        (await askRedis(tenant, peek, resolved, (timeoutMs) => peekInRedis(scripts, peek, timeoutMs))) ??
        withoutRedis(tenant, peek, resolved, false)
      );
    },
    async reset(args, options) {
      const { name, operation, rememberMs } = resolveReset(args, options);
      await scripts.reset({ name, operation, rememberMs }, options);
      state.local.forget(keys.rateLimit(scope, name));
    },
    using: (name, options, work) => usePermit(tenant, name, options, work),
  };
}

async function takeInRedis(
  scripts: Tenant["limit"],
  { name, limits, cost, operation, rememberMs }: ResolvedTake,
  deadlineMs: number,
): Promise<TakeAnswer> {
  const reply = await scripts.take({ name, limits, cost, operation, rememberMs }, { deadlineMs });
  switch (reply.outcome) {
    case "mismatch":
      return { outcome: reply.outcome, degraded: false };
    case "too_large":
      return { outcome: reply.outcome, limit: limitOf(limits, reply.periodMs), degraded: false };
    case "allowed":
    case "refused": {
      const { periodMs, repeated: _, ...numbers } = reply;
      return { ...numbers, limit: limitOf(limits, periodMs), degraded: false };
    }
  }
}

async function peekInRedis(
  scripts: Tenant["limit"],
  { name, limits, cost }: ResolvedTake,
  deadlineMs: number,
): Promise<PeekAnswer> {
  const reply = await scripts.peek({ name, limits, cost }, { deadlineMs });
  const limit = limitOf(limits, reply.periodMs);
  if (reply.outcome === "too_large") return { outcome: reply.outcome, limit, degraded: false };
  const { periodMs: _, ...numbers } = reply;
  return { ...numbers, limit, degraded: false };
}

function limitOf(limits: readonly ResolvedLimit[], periodMs: number): ResolvedLimit {
  const limit = limits.find((one) => one.periodMs === periodMs);
  if (limit === undefined) throw new TypeError("the script named a limit that the call does not have");
  return limit;
}

/** The answer of Redis; undefined if the node of the name did not answer in time. */
async function askRedis<Answer>(
  { scope, state }: LimitTenant,
  { name }: ResolvedTake,
  { timeoutMs }: ResolvedOptions,
  call: (timeoutMs: number) => Promise<Answer>,
): Promise<Answer | undefined> {
  const circuit = state.circuits.of(state.nodeOf(keys.rateLimit(scope, name)));
  return circuit.run(timeoutMs, async () => {
    const startedAt = performance.now();
    const noteAnswer = () => circuit.noteAnswer(Math.min(performance.now() - startedAt, timeoutMs));
    try {
      const answer = await call(timeoutMs);
      noteAnswer();
      return answer;
    } catch (error) {
      const failure = error instanceof MoonpathError ? failureOf(error) : "other";
      if (failure === "none") throw error;
      if (failure === "silent") circuit.noteFailure(timeoutMs);
      else noteAnswer();
      if (failure === "other") throw error;
      return undefined;
    }
  });
}

/**
 * What an error says about Redis. `silent`: it did not answer. `refused`: it answered that it runs
 * nothing at this time. `other`: no wait ends it. `none`: nothing was sent.
 */
function failureOf({ code, source }: MoonpathError): "silent" | "refused" | "other" | "none" {
  switch (code) {
    case "UNAVAILABLE":
    case "DEADLINE":
    case "OUTCOME_UNKNOWN":
    case "READ_ONLY":
      return "silent";
    case "OUT_OF_MEMORY":
    case "SCRIPT_NOT_LOADED":
      return "refused";
    case "ARGUMENT":
      // The script raised it.
      return source === undefined ? "none" : "other";
    case "CLOSED":
    case "ABORTED":
      return "none";
    default:
      return "other";
  }
}

/** The answer that `onUnavailable` gives. */
function withoutRedis(
  { scope, state }: LimitTenant,
  { name, limits, cost }: ResolvedTake,
  { onUnavailable }: ResolvedOptions,
  takes: boolean,
): PeekAnswer {
  if (typeof onUnavailable === "object") {
    return state.local.ask(keys.rateLimit(scope, name), limits, cost, onUnavailable.local, takes);
  }
  const tooLarge = limits.find(({ burst }) => cost > burst);
  if (tooLarge) return { outcome: "too_large", limit: tooLarge, degraded: true };
  const [limit] = limits;
  if (limit === undefined) throw new TypeError("a call has at least one limit");
  const numbers = { limit, remaining: 0, resetAfterMs: 0, degraded: true };
  return onUnavailable === "allow"
    ? { outcome: "allowed", retryAfterMs: 0, ...numbers }
    : { outcome: "refused", retryAfterMs: defaults.retryAfterMs.value, ...numbers };
}
