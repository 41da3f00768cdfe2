import { backoffMs, redisBackoff } from "../core/backoff.js";
import { failureReasonOf } from "../core/notify.js";
import { pause } from "../core/wait.js";
import type { WakeSignal } from "../core/wake-signal.js";
import { outboxDefaults as defaults } from "./defaults.js";
import { type Deliver, deliverAll, type Failure } from "./delivery.js";
import type { InvalidationDeadLetter, ResolvedRelayOptions } from "./options.js";
import { ReadPosition } from "./read-position.js";
import type { OutboxRow } from "./rows.js";
import type { FailedRow, NextRows, RelaySession } from "./session.js";

/** What the relay that leads works with. */
export interface Lead {
  readonly session: RelaySession;
  /** Woken by a notification, and when the connection breaks. */
  readonly wake: WakeSignal;
  readonly signal: AbortSignal;
  readonly deliver: Deliver;
  readonly options: Pick<ResolvedRelayOptions, "batch" | "pollMs" | "maxAttempts">;
  readonly onDelivered: (count: number) => void;
  readonly onError: (error: Error, deadLetter?: InvalidationDeadLetter) => void;
}

/**
 * Delivers rows until the signal aborts.
 *
 * @throws an error of PostgreSQL; then the relay no longer leads
 */
export async function lead(work: Lead): Promise<void> {
  const { session, wake, signal, options } = work;
  const { openFirstMs, openMaxMs } = defaults;
  const position = new ReadPosition();
  let isIdle = false;
  let emptyReadings = 0;
  let failures = 0;
  while (!signal.aborted) {
    const next = await session.next(position.id, options.batch);
    const isEmpty = next.rows.length + next.retries.length === 0;
    if (isEmpty && next.waitingId === undefined && isIdle) await wake.wait(options.pollMs);
    else if (isEmpty && next.waitingId === undefined && (await session.becomeIdle())) {
      position.note({ xmin: next.xmin, lastId: undefined, nextId: undefined, laterXid: undefined });
      isIdle = true;
      // A writer that did not notify may have committed since the reading, so the relay reads once more.
      continue;
    }
    if (isIdle) {
      await session.becomeBusy();
      isIdle = false;
      emptyReadings = 0;
    } else if (isEmpty) {
      // No notification tells when an open transaction ends.
      const openMs = openFirstMs.value * 2 ** Math.min(emptyReadings++, 10);
      await wake.wait(Math.min(openMs, openMaxMs.value, options.pollMs));
    }
    if (isEmpty) continue;
    emptyReadings = 0;
    failures = (await deliverNext(work, next, position)) ? 0 : failures + 1;
    if (failures > 0) await pause(backoffMs(failures, redisBackoff), signal);
  }
}

/** False if Redis is away: nothing was delivered, and the next reading finds the same rows. */
async function deliverNext(
  { session, deliver, options, onDelivered, onError }: Lead,
  { rows, retries, waitingId, xmin }: NextRows,
  position: ReadPosition,
): Promise<boolean> {
  const { delivered, failures } = await deliverAll([...retries, ...rows], deliver);
  // PostgreSQL first, because the hook of a caller may take long.
  const laterXid = delivered.length > 0 ? await session.remove(delivered.map(({ id }) => id)) : undefined;
  onDelivered(delivered.length);
  // While Redis is away, rows stay as they are. If only some fail, they make room for the others.
  const isAway = delivered.length === 0 && failures.some(({ isOwn }) => !isOwn);
  const kept = failures.filter(({ isOwn }) => isOwn || !isAway);
  const setAside = kept.flatMap((failure) => failedRows(failure, options.maxAttempts));
  if (setAside.length > 0) await session.setAside(setAside);

  const finished = new Set([...delivered, ...setAside].map(({ id }) => id));
  const left = rows.find(({ id }) => !finished.has(id))?.id;
  const lastId = left === undefined ? rows.at(-1)?.id : undefined;
  const isFull = rows.length === options.batch && lastId !== undefined;
  position.note({ xmin, lastId, nextId: left ?? (isFull ? lastId + 1n : waitingId), laterXid });

  const deadIds = new Set(setAside.flatMap(({ id, isDead }) => (isDead ? [id] : [])));
  for (const { rows: failed, error } of failures) {
    const dead = failed.filter(({ id }) => deadIds.has(id));
    for (const row of dead) onError(error, deadLetterOf(row, error));
  }
  const [first] = failures;
  if (first && !first.rows.some(({ id }) => deadIds.has(id))) onError(first.error);
  return !isAway;
}

function failedRows({ rows, error, isOwn }: Failure, maxAttempts: number): readonly FailedRow[] {
  const reason = failureReasonOf(error);
  const { retryFirstMs, retryMaxMs } = defaults;
  const backoff = { firstMs: retryFirstMs.value, maxMs: retryMaxMs.value };
  return rows.map(({ id, attempts: before }) => {
    // Nothing becomes a dead letter because a server is away.
    const attempts = isOwn ? before + 1 : before;
    return {
      id,
      attempts,
      retryInMs: backoffMs(Math.max(attempts, 1), backoff),
      isDead: isOwn && attempts >= maxAttempts,
      reason,
    };
  });
}

function deadLetterOf({ id, tenant, kind, name }: OutboxRow, error: Error): InvalidationDeadLetter {
  return { id, tenant, kind, name, reason: failureReasonOf(error) };
}
