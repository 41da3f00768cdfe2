import { newOperation } from "../client/index.js";
import { backoffMs } from "../core/backoff.js";
import { BusyError, LostError, OutcomeUnknownError } from "../core/errors.js";
import type { WaitDeadline } from "../core/wait-deadline.js";
import { limitDefaults as defaults } from "./defaults.js";
import { PermitLease, type PermitScripts } from "./permit-lease.js";
import type { ResolvedPermitOptions } from "./permit-options.js";

type EnterResult =
  | { readonly outcome: "entered"; readonly lease: PermitLease }
  | { readonly outcome: "full"; readonly retryAfterMs: number }
  /** Granted, but the reply came after the lease had ended. */
  | { readonly outcome: "late" };

const pollDelays = { firstMs: defaults.firstPollMs.value, maxMs: defaults.maxPollMs.value };

/**
 * Enters, and asks again until the deadline while all permits are held.
 *
 * @throws BusyError, OutcomeUnknownError, AbortedError, or LostError if the reply came too late
 */
export async function enterInTime(
  scripts: PermitScripts,
  name: string,
  options: ResolvedPermitOptions,
  deadline: WaitDeadline,
): Promise<PermitLease> {
  const attempt = new Attempt(scripts, name, options, deadline);
  try {
    for (let asked = 1; ; asked++) {
      const result = await attempt.ask(!deadline.hasPassed);
      if (result.outcome === "entered") return result.lease;
      if (deadline.hasPassed) throw result.outcome === "full" ? busyError(result.retryAfterMs) : lateError();
      if (result.outcome === "late") continue;
      const delayMs = Math.min(backoffMs(asked, pollDelays), result.retryAfterMs);
      await deadline.endsInTime(new Promise(() => {}), delayMs);
    }
  } catch (error) {
    attempt.giveUp();
    throw error;
  }
}

/** The requests of one caller for one permit. */
class Attempt {
  readonly #scripts: PermitScripts;
  readonly #name: string;
  readonly #options: ResolvedPermitOptions;
  readonly #deadline: WaitDeadline;
  /** New after each permit, because Redis refuses an owner that has had one before. */
  #owner = newOperation();
  /** Whether Redis may still grant a permit, to a request that was sent or to a late copy of it. */
  #isOpen = false;

  constructor(scripts: PermitScripts, name: string, options: ResolvedPermitOptions, deadline: WaitDeadline) {
    this.#scripts = scripts;
    this.#name = name;
    this.#options = options;
    this.#deadline = deadline;
  }

  /** Asks Redis once. `waits`: the caller asks again after a full reply, or gives up. */
  ask(waits: boolean): Promise<EnterResult> {
    return this.#deadline.resultOf(
      () => this.#ask(waits),
      (result) => {
        if (result.outcome === "entered") result.lease.release().catch(() => {});
      },
    );
  }

  /** Tells Redis that this owner gives up, so that a late copy of a request enters nothing. */
  giveUp(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#scripts.leave({ name: this.#name, owner: this.#owner }).catch(() => {});
  }

  async #ask(waits: boolean): Promise<EnterResult> {
    const { permits: maxPermits, leaseMs } = this.#options;
    const [name, owner] = [this.#name, this.#owner];
    this.#isOpen = true;
    const sentAt = performance.now();
    const reply = await this.#scripts
      .enter({ name, owner, maxPermits, leaseMs, waits })
      .catch(async (error: unknown) => {
        if (error instanceof OutcomeUnknownError) await this.#leaveUnknown();
        throw error;
      });
    if (reply.outcome === "full") {
      this.#isOpen = waits;
      return reply;
    }
    this.#isOpen = false;
    this.#owner = newOperation();
    // The permit was granted, and its lease ended before a retry of the request got this reply.
    if (reply.outcome === "ended") return { outcome: "late" };
    const { permit, fence, leaseEndsMs, repeated } = reply;
    const lease = new PermitLease(this.#scripts, {
      name,
      owner,
      permit,
      fence,
      leaseEndsMs,
      leaseMs,
      sentAt,
    });
    try {
      // It is unknown when a repeated grant began.
      if (repeated) await lease.renew();
    } catch (error) {
      await lease.release().catch(() => {});
      throw error;
    }
    if (!lease.hasEnded) return { outcome: "entered", lease };
    await lease.release().catch(() => {});
    return { outcome: "late" };
  }

  /** Gives back what a request without a reply may have got. */
  async #leaveUnknown(): Promise<void> {
    this.#isOpen = false;
    const options = { deadlineMs: defaults.cleanupMs.value };
    // After an error no other way to give it back exists. The permit ends with its lease.
    await this.#scripts.leave({ name: this.#name, owner: this.#owner }, options).catch(() => {});
  }
}

const busyError = (retryAfterMs: number) => new BusyError("all permits are held", { retryAfterMs });
const lateError = () => new LostError("the permit's reply came after its lease had ended");
