import { randomUUID } from "node:crypto";
import * as keys from "../../generated/ts/keys.js";
import { checkedScope, type Listening, SLOTS } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { UnavailableError } from "../core/errors.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { SHARED_TENANT } from "../core/shared-tenant.js";
import { pause } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import type { SlotClient } from "./client.js";
import { slotDefaults as defaults } from "./defaults.js";

export interface SlotShareOptions {
  readonly client: SlotClient;
  /** The workers of one group share the slots. */
  readonly group: string;
  readonly leaseMs: number;
  readonly onError: OnError | undefined;
  /** The part of this worker has changed. */
  readonly onChange: () => void;
}

/**
 * One worker's part of the slots. All live workers of a group know each other by their leases in
 * Redis, and each takes every n-th range of slots. For a moment after a change, two workers may have
 * the same slot, or none has it. The work on a slot must therefore be safe to repeat.
 */
export class SlotShare {
  readonly #options: SlotShareOptions;
  readonly #wakeSignal = new WakeSignal();
  readonly #stopping = new AbortController();
  #worker = randomUUID();
  #members: readonly string[] = [];
  #loop: Promise<void> | undefined;
  #listening: Listening | undefined;
  #isFullReported = false;

  constructor(options: SlotShareOptions) {
    this.#options = options;
  }

  /** The number of live workers; 0 before this one has joined. */
  get workers(): number {
    return this.#members.length;
  }

  owns(slot: number): boolean {
    const { length } = this.#members;
    return length > 0 && Math.floor(slot / defaults.rangeSize.value) % length === this.#position;
  }

  /** The slots of this worker, in order. */
  slots(): number[] {
    const own: number[] = [];
    for (let slot = 0; slot < SLOTS; slot++) if (this.owns(slot)) own.push(slot);
    return own;
  }

  start(): void {
    const { client, group } = this.#options;
    const scope = checkedScope({ namespace: client.namespace, tenant: SHARED_TENANT });
    this.#listening = client.listen(keys.workers(scope, group), () => this.#wakeSignal.wake());
    this.#loop = this.#renewUntilStopped();
  }

  /** Leaves the group, so that the other workers take the slots at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeSignal.wake();
    this.#listening?.stop();
    await this.#loop;
    const { group, onError } = this.#options;
    await this.#scripts()
      .leave({ group, worker: this.#worker })
      .catch((error: unknown) => notify(onError, asError(error)));
  }

  get #position(): number {
    return this.#members.indexOf(this.#worker);
  }

  #scripts() {
    return this.#options.client.scriptsOf(SHARED_TENANT, "slot");
  }

  async #renewUntilStopped(): Promise<void> {
    const { group, leaseMs, onError } = this.#options;
    let leaseEndsMs: number | undefined;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        const reply = await this.#scripts().join({ group, worker: this.#worker, leaseMs, leaseEndsMs });
        failures = 0;
        if (reply.outcome === "joined") {
          this.#isFullReported = false;
          leaseEndsMs = reply.leaseEndsMs;
          this.#setMembers(reply.members);
          await this.#wakeSignal.wait(leaseMs / 3);
          continue;
        }
        leaseEndsMs = undefined;
        if (reply.outcome === "full") {
          this.#setMembers([]);
          this.#reportFull();
          await pause(leaseMs, this.#stopping.signal);
        } else this.#worker = randomUUID();
      } catch (error) {
        failures += 1;
        notify(onError, asError(error));
        await pause(backoffMs(failures, redisBackoff), this.#stopping.signal);
      }
    }
  }

  /** Once, until it has joined: the group may stay full for days. */
  #reportFull(): void {
    if (this.#isFullReported) return;
    this.#isFullReported = true;
    const text = "the group has 250 live workers, so this one does nothing until another one has left";
    notify(this.#options.onError, new UnavailableError(text));
  }

  #setMembers(members: readonly string[]): void {
    const sorted = [...members].sort();
    const isSame =
      sorted.length === this.#members.length &&
      sorted.every((member, index) => member === this.#members[index]);
    this.#members = sorted;
    if (!isSame) this.#options.onChange();
  }
}
