import { InProgressError, LostError } from "../../../src/index.js";
import { ShopError } from "./errors.js";
import { REMEMBER_MS, type Tenant } from "./terms.js";

/** A runner that died is waited for: its lease first, then the answer of whoever comes next. */
const LEASE_MS = 5_000;
const WAIT_MS = 10_000;

/** An event under a name of its own. */
export interface NamedEvent {
  readonly name: string;
  /** All that the sender says of it. The same name with another payload is 422 `PAYLOAD_MISMATCH`. */
  readonly payload: Readonly<Record<string, string | number>>;
}

/**
 * Runs an event's work once, in one process of all that have it, and gives its reply to every delivery. `ran` says whether this
 * delivery ran it.
 *
 * A `ShopError` of the work means that there was no effect. After any other error the name keeps its payload, because the work
 * may have had its effect, and the next delivery waits until the lease is over.
 */
export async function once<Reply>(
  acme: Tenant,
  { name, payload }: NamedEvent,
  work: () => Promise<Reply>,
): Promise<{ readonly reply: Reply; readonly ran: boolean }> {
  let ran = false;
  const run = acme.idempotent(
    name,
    payload,
    () => {
      ran = true;
      return work();
    },
    {
      leaseMs: LEASE_MS,
      waitMs: WAIT_MS,
      rememberMs: REMEMBER_MS,
      onError: (error) => (error instanceof ShopError ? "release" : "unknown"),
    },
  );
  const reply = await run.catch((error: unknown) => {
    // Whoever has it now comes to the same end, and the next delivery is told.
    if (!(error instanceof LostError || error instanceof InProgressError)) throw error;
    throw new ShopError(503, error.code, "the same event is being worked on elsewhere");
  });
  return { reply, ran };
}
