import { asError, notify } from "../../core/notify.js";
import type { ResolvedDefinition } from "../definition.js";
import type { TenantState } from "../tenant-state.js";
import { isAway } from "./is-away.js";

/** Asks Redis. Undefined if it did not answer, or if the circuit is open. */
export async function ask<Answer>(
  {
    cacheTimeoutMs,
    onError,
    observer,
  }: Pick<ResolvedDefinition<unknown, unknown>, "cacheTimeoutMs" | "onError" | "observer">,
  { circuit }: TenantState,
  read: () => Promise<Answer>,
): Promise<Answer | undefined> {
  const sentAt = performance.now();
  try {
    // An absent entry is an answer too.
    const asked = await circuit.run(cacheTimeoutMs, async () => ({ answer: await read() }));
    if (asked) circuit.noteAnswer(performance.now() - sentAt);
    else observer?.degraded("circuit_open");
    return asked?.answer;
  } catch (error) {
    if (isAway(error)) circuit.noteFailure(cacheTimeoutMs);
    observer?.degraded(isAway(error) ? "unavailable" : "error");
    notify(onError, asError(error));
    return undefined;
  }
}
