import { setTimeout as pause } from "node:timers/promises";
import { couponModel } from "../../../history/models/coupon.js";
import { requestModel } from "../../../history/models/idempotency.js";
import { lockModel } from "../../../history/models/lock.js";
import { permitModel } from "../../../history/models/permits.js";
import { rateLimitModel } from "../../../history/models/rate-limit.js";
import { stockModel } from "../../../history/models/stock.js";
import type { FaultRun } from "../../fault-run.js";
import type { HistoryClient } from "./clients.js";
import { couponSession, LIMITS, setUp } from "./coupon-session.js";
import { LIMIT, limitSession } from "./limit-session.js";
import { lockSession } from "./lock-session.js";
import { permitSession } from "./permit-session.js";
import { below } from "./random.js";
import { type Checked, type Domain, Objects } from "./recorded-objects.js";
import { requestSession } from "./request-session.js";
import { stockSession, stockUp, UNITS } from "./stock-session.js";

export const domains: readonly Domain[] = ["lock", "request", "stock", "coupon", "limit", "permit"];

export interface Recording {
  /** The names of the objects that clients use now. */
  names(domain: Domain): readonly string[];
  /** Stops the clients, and checks what was recorded. */
  stop(): Promise<readonly Checked[]>;
}

interface RecordingOptions {
  /**
   * The beginning of the paths of the files for histories that are refused or undecided. Absent: no
   * files.
   */
  readonly files?: string;
  readonly domains: readonly Domain[];
}

/** Clients use locks, requests, products, coupons, rate limits and permits until they are stopped. */
export function startRecording(
  run: FaultRun,
  clients: readonly HistoryClient[],
  { files, domains: recorded }: RecordingOptions,
): Recording {
  const locks = new Objects("lock", lockModel, lockSession);
  const products = new Objects("stock", stockModel(UNITS), stockSession, stockUp);
  const requests = new Objects("request", requestModel, requestSession);
  const coupons = new Objects("coupon", couponModel(LIMITS), couponSession, setUp);
  const limits = new Objects("limit", rateLimitModel(LIMIT), limitSession);
  const permits = new Objects("permit", permitModel, permitSession);
  const objects = {
    lock: locks,
    request: requests,
    stock: products,
    coupon: coupons,
    limit: limits,
    permit: permits,
  };
  let isOver = false;
  const loops = clients.map(async (client, index) => {
    const domain = recorded[index % recorded.length] ?? "lock";
    while (!isOver && !run.signal.aborted) {
      await objects[domain].run(client);
      await pause(below(10));
    }
  });
  const load = Promise.all(loops);
  load.catch((error: unknown) => run.fail(error instanceof Error ? error : new Error(String(error))));
  return {
    names: (domain) => objects[domain].names(),
    async stop() {
      isOver = true;
      await load;
      return recorded.map((domain) => objects[domain].check(files));
    },
  };
}

/** The sums of several checks. */
export function sumOf(parts: readonly Checked[]): Checked {
  const sum = (of: (part: Checked) => number) => parts.reduce((all, part) => all + of(part), 0);
  return {
    objects: sum(({ objects }) => objects),
    calls: sum(({ calls }) => calls),
    unanswered: sum(({ unanswered }) => unanswered),
    refused: sum(({ refused }) => refused),
    undecided: sum(({ undecided }) => undecided),
    offences: parts.flatMap(({ offences }) => offences),
  };
}
