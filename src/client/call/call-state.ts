import { Deadline } from "../../core/deadline.js";
import { ReplyLostError } from "./failure.js";

/** What a call asks of replication. */
export interface Replicas {
  readonly count: number;
  readonly waitMs: number;
}

/** What is known of one call's way to Redis and back. */
export interface Delivery {
  /** The script was sent, and no reply has come yet. */
  isPending: boolean;
  /** The reply of some attempt was lost. */
  isReplyLost: boolean;
  /** The script was sent at least once. */
  isSent: boolean;
  /** The script has replied; whether enough replicas have its writes is not known yet. */
  awaitsReplicas: boolean;
  /** How many replicas must have the writes, and how long the client waits for them. */
  readonly replicas: Replicas | undefined;
  readonly remainingMs: number;
  /** Set when nobody waits for the reply: nothing may be sent from then on. */
  readonly cancelled: Error | undefined;
  /** Registers a function that is called when the call has ended, in any way. */
  whenReleased(onRelease: () => void): void;
}

/** One running call: its deadline and what is known of its delivery. */
export class CallState extends Deadline implements Delivery {
  isPending = false;
  isReplyLost = false;
  isSent = false;
  awaitsReplicas = false;
  replicas: Replicas | undefined;
  /** After this instant of `performance.now()` the script may have forgotten that it ran. */
  resendUntil = Number.POSITIVE_INFINITY;
  /** The last reply by which Redis refused to run anything for now. */
  refusal: Error | undefined;

  override get cancelled(): Error | undefined {
    const isForgotten = this.isReplyLost && performance.now() >= this.resendUntil;
    return super.cancelled ?? (isForgotten ? new ReplyLostError("too late to send it again") : undefined);
  }
}
