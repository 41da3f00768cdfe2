import { ArgumentError, type ErrorCode } from "../../core/errors.js";
import { notify } from "../../core/notify.js";
import { readFrom } from "../../core/read-from.js";
import type { ScriptFacts } from "../script/script.js";

/** One call, when it has ended. */
export interface CallEvent {
  readonly script: string;
  readonly version: string;
  readonly outcome: "ok" | ErrorCode;
  /** From the call to its result, with all waiting and retries. */
  readonly durationMs: number;
  /** How often it was tried; 1 without a retry. */
  readonly attempts: number;
}

/** A call that will be tried again after `delayMs`. `attempt` is the number of the one that comes. */
export interface RetryEvent {
  readonly script: string;
  readonly version: string;
  readonly attempt: number;
  readonly delayMs: number;
}

/** A server had forgotten the script, and it was loaded again. */
export interface ReloadEvent {
  readonly script: string;
  readonly version: string;
}

/**
 * Looks on. Hooks run synchronously and should be quick; one that throws disturbs nothing.
 *
 * ```ts
 * createMoonpath(redis, { observers: [{ onCall: ({ script, durationMs }) => log.debug({ script, durationMs }) }] });
 * ```
 */
export interface Observer {
  /** A call has ended, well or not. */
  onCall?(event: CallEvent): void;
  /** A call will be tried again, after a pause. */
  onRetry?(event: RetryEvent): void;
  /** A server had forgotten a script, and has it again. */
  onReload?(event: ReloadEvent): void;
}

/** All observers of a client. */
export class Observers {
  /** Whether anybody wants to hear of calls; the client measures nothing otherwise. */
  readonly observesCalls: boolean;
  readonly #observers: readonly Observer[];

  /** @throws ArgumentError for anything but a list of objects */
  constructor(observers: readonly Observer[]) {
    const expected = "a list of observers";
    const facts = readFrom(
      "observers",
      () => {
        if (!Array.isArray(observers)) return undefined;
        const list: readonly Observer[] = [...observers];
        return { list, watchCalls: list.some((observer) => observer.onCall), fit: list.every(isObject) };
      },
      undefined,
      expected,
    );
    if (!facts?.fit) throw new ArgumentError("observers", expected);
    this.#observers = facts.list;
    this.observesCalls = facts.watchCalls;
  }

  callEnded(event: CallEvent): void {
    this.#notify((observer) => observer.onCall?.(event));
  }

  retryScheduled({ name, version }: ScriptFacts, attempt: number, delayMs: number): void {
    this.#notify((observer) => observer.onRetry?.({ script: name, version, attempt, delayMs }));
  }

  scriptReloaded({ name, version }: ScriptFacts): void {
    this.#notify((observer) => observer.onReload?.({ script: name, version }));
  }

  #notify(hook: (observer: Observer) => void): void {
    for (const observer of this.#observers) notify(hook, observer);
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
