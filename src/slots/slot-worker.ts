import { setMaxListeners } from "node:events";
import { type ChannelMessage, type Listening, slotOf } from "../client/index.js";
import { AbortedError } from "../core/errors.js";
import { asError, notify } from "../core/notify.js";
import { stopsWithin } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import { slotDefaults as defaults } from "./defaults.js";
import { DueSlots, type SlotRead } from "./due-slots.js";
import { Retries } from "./retries.js";
import { SlotShare } from "./slot-share.js";
import type { SlotWorkerOptions, SlotWorkerStatus } from "./slot-worker-options.js";
import { type SlotEntry, Turns } from "./turns.js";

/**
 * Serves the due members of an index that each slot has. It polls slots, never tenants: it sleeps
 * until the earliest known time, and a message wakes it. It reads all its slots after a
 * (re)connect, after a change of its part, and once a minute.
 */
export class SlotWorker {
  readonly #options: SlotWorkerOptions;
  readonly #share: SlotShare;
  readonly #due: DueSlots;
  readonly #turns = new Turns(defaults.queuedPerTenant.value);
  readonly #retries = new Retries({
    firstMs: defaults.retryFirstMs.value,
    maxMs: defaults.retryMaxMs.value,
  });
  readonly #wakeSignal = new WakeSignal();
  readonly #stopping = new AbortController();
  readonly #interruption = new AbortController();
  /** Members that wait for their turn or are being served. */
  readonly #active = new Set<string>();
  readonly #activeInSlot = new Map<number, number>();
  /** By slot: the members that were served since it was read, and the time that they had. */
  readonly #served = new Map<number, Map<string, number>>();
  /** Slots that must be read when their active members are served, because that may find more. */
  readonly #unread = new Set<number>();
  /** Slots with due entries of a tenant that has too many in the queue already. */
  readonly #deferred = new Set<number>();
  readonly #counts = { served: 0, failed: 0 };
  #inFlight = 0;
  #sweepAt = 0;
  /** Until when the loop sleeps, by `performance.now()`; 0 if it is awake. */
  #sleepsUntil = 0;
  #loop: Promise<void> | undefined;
  #listening: Listening | undefined;
  #onIdle: (() => void) | undefined;
  #hasStopped = false;

  constructor(options: SlotWorkerOptions) {
    const { client, group, onError } = options;
    this.#options = options;
    // Each call in flight may listen to it.
    setMaxListeners(0, this.#interruption.signal);
    this.#due = new DueSlots(client, options.keyInSlot);
    this.#share = new SlotShare({
      client,
      group,
      leaseMs: defaults.memberLeaseMs.value,
      onError,
      onChange: () => this.#sweepSoon(),
    });
  }

  start(): void {
    if (this.#loop || this.#stopping.signal.aborted) return;
    this.#listening = this.#options.client.listenPattern(this.#options.channels, (message) =>
      this.#heard(message),
    );
    // Before the subscription was ready, messages may have been missed.
    this.#listening.ready.then(
      () => this.#sweepSoon(),
      () => undefined,
    );
    this.#share.start();
    this.#loop = this.#serveUntilStopped();
  }

  /**
   * Leaves the group and finishes the calls in flight. After the grace time, it aborts their signal
   * and waits for another second. `timedOut`: some call has not ended; another worker serves its slot.
   */
  async stop(graceMs: number): Promise<"finished" | "timedOut"> {
    this.#stopping.abort();
    this.#wakeSignal.wake();
    this.#listening?.stop();
    if (!this.#loop) return "finished";
    const left = stopsWithin(this.#share.stop(), Math.max(graceMs, defaults.abortGraceMs.value));
    let ended = await stopsWithin(this.#loop, graceMs);
    this.#interruption.abort(new AbortedError("the worker was stopped"));
    if (!ended) ended = await stopsWithin(this.#loop, defaults.abortGraceMs.value);
    return ended && (await left) ? "finished" : "timedOut";
  }

  status(): SlotWorkerStatus {
    return {
      state: this.#state(),
      workers: this.#share.workers,
      slots: this.#share.slots().length,
      queued: this.#turns.size,
      inFlight: this.#inFlight,
      ...this.#counts,
    };
  }

  #state(): SlotWorkerStatus["state"] {
    if (this.#hasStopped || (this.#stopping.signal.aborted && !this.#loop)) return "stopped";
    if (this.#stopping.signal.aborted) return "stopping";
    if (!this.#loop) return "new";
    return this.#inFlight > 0 || this.#turns.size > 0 ? "working" : "asleep";
  }

  #heard(message: ChannelMessage | undefined): void {
    if (message === undefined) {
      this.#sweepSoon();
      return;
    }
    const slot = slotOf(message.channel);
    if (!this.#share.owns(slot) || message.channel !== this.#options.keyInSlot(slot)) return;
    const dueMs = Number(message.text);
    this.#due.announce(slot, Number.isFinite(dueMs) ? dueMs : 0);
    this.#wakeSignal.wake();
  }

  #sweepSoon(): void {
    this.#sweepAt = 0;
    this.#wakeSignal.wake();
  }

  async #serveUntilStopped(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      if (performance.now() >= this.#sweepAt) {
        this.#sweepAt = performance.now() + defaults.sweepMs.value;
        this.#retries.prune();
        this.#report(await this.#due.sweep(this.#share.slots()));
      }
      const { reads, error } = await this.#due.readDue((slot) => this.#share.owns(slot));
      this.#report(error);
      for (const read of reads) this.#queue(read);
      this.#readDeferred();
      this.#fill();
      const sleepMs = Math.min(this.#due.nextInMs(), this.#sweepAt - performance.now());
      if (sleepMs > 0 && !this.#stopping.signal.aborted) {
        this.#sleepsUntil = performance.now() + sleepMs;
        await this.#wakeSignal.wait(sleepMs);
        this.#sleepsUntil = 0;
      }
    }
    await this.#whenIdle();
    this.#hasStopped = true;
  }

  /** Queues the due entries of a slot, and notes when the slot must be read again. */
  #queue({ slot, from, entries, isWhole }: SlotRead): void {
    let hasMore = !isWhole;
    let isWaiting = false;
    this.#checkServed(slot, entries);
    for (const entry of entries) {
      const { member, dueMs } = entry;
      if (this.#active.has(member)) {
        // It may be due again before its work ends.
        this.#unread.add(slot);
        continue;
      }
      const waitsUntil = this.#retries.waitsUntil(member, dueMs);
      if (dueMs > this.#due.nowMs()) {
        this.#due.lower(slot, dueMs);
        hasMore = false;
        break;
      }
      if (waitsUntil > performance.now()) {
        isWaiting = true;
        this.#due.lowerIn(slot, waitsUntil - performance.now());
      } else if (this.#turns.add(entry)) {
        this.#active.add(member);
        this.#activeInSlot.set(slot, (this.#activeInSlot.get(slot) ?? 0) + 1);
      } else {
        // Entries of other tenants may stand behind it.
        this.#deferred.add(slot);
        hasMore = false;
      }
    }
    if (!hasMore) return;
    // Members that fail must not hide those behind them.
    if (isWaiting) this.#due.readPage(slot, from + entries.length);
    // Otherwise the members behind these are read when these are served.
    else if (this.#activeInSlot.has(slot)) this.#unread.add(slot);
    else this.#due.lowerIn(slot, defaults.reReadMs.value);
  }

  /** Reads deferred slots again when the queue is half empty. All other slots come first. */
  #readDeferred(): void {
    let room = this.#turns.size < defaults.queuedPerTenant.value / 2 ? defaults.deferredPerRead.value : 0;
    for (const slot of this.#deferred) {
      if (room-- <= 0) return;
      this.#deferred.delete(slot);
      this.#due.lower(slot, 0);
    }
  }

  /** A member that was served and has the same time still must not be served in a loop. */
  #checkServed(slot: number, entries: readonly SlotEntry[]): void {
    const served = this.#served.get(slot);
    if (served === undefined) return;
    this.#served.delete(slot);
    for (const { member, dueMs } of entries) {
      if (served.get(member) !== dueMs) continue;
      this.#retries.failed(member, dueMs);
      served.delete(member);
    }
    for (const member of served.keys()) this.#retries.succeeded(member);
  }

  #fill(): void {
    while (this.#inFlight < this.#options.concurrency && !this.#stopping.signal.aborted) {
      const entry = this.#turns.next();
      if (entry === undefined) return;
      this.#inFlight += 1;
      void this.#serve(entry);
    }
  }

  async #serve(entry: SlotEntry): Promise<void> {
    const { slot, member, dueMs } = entry;
    let isDue = false;
    let dueInMs = 0;
    try {
      const result = await this.#options.serve(entry, this.#interruption.signal);
      this.#counts.served += 1;
      isDue = result === "more" && !this.#stopping.signal.aborted;
      if (typeof result === "number") dueInMs = result;
      if (isDue || typeof result === "number") this.#retries.succeeded(member);
      else this.#served.set(slot, (this.#served.get(slot) ?? new Map<string, number>()).set(member, dueMs));
    } catch (error) {
      this.#counts.failed += 1;
      notify(this.#options.onError, asError(error));
      this.#retries.failed(member, dueMs);
    }
    this.#inFlight -= 1;
    // What is still due waits for its next turn, and needs no other read of the slot.
    if (!isDue || !this.#turns.add(entry)) this.#finish(slot, member, dueInMs);
    this.#fill();
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  #finish(slot: number, member: string, dueInMs: number): void {
    this.#active.delete(member);
    if (dueInMs > 0) {
      this.#due.lowerIn(slot, dueInMs);
      if (performance.now() + dueInMs < this.#sleepsUntil) this.#wakeSignal.wake();
    } else this.#unread.add(slot);
    const left = (this.#activeInSlot.get(slot) ?? 1) - 1;
    if (left > 0) {
      this.#activeInSlot.set(slot, left);
      return;
    }
    this.#activeInSlot.delete(slot);
    if (this.#unread.delete(slot)) this.#due.lower(slot, 0);
    else if (this.#deferred.size === 0) return;
    this.#wakeSignal.wake();
  }

  #whenIdle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #report(error: Error | undefined): void {
    if (error !== undefined) notify(this.#options.onError, error);
  }
}
