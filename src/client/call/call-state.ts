import { Deadline } from "../../core/deadline.js";
import { ReplyLostError } from "./failure.js";

/** How many replicas must acknowledge a call, and how long the client waits for them. */
export interface ReplicaRequirement {
  readonly count: number;
  readonly waitMs: number;
}

/** What the client knows about the delivery of one call. */
export interface Delivery {
  /** The script was sent, and no reply has come yet. */
  isPending: boolean;
  /** The reply of at least one attempt was lost. */
  isReplyLost: boolean;
  /** The script was sent at least once. */
  isSent: boolean;
  /** The script has replied, and the replicas have not acknowledged yet. */
  awaitsReplicas: boolean;
  readonly replicas: ReplicaRequirement | undefined;
  readonly remainingMs: number;
  /** Why the call has ended; undefined while it runs. After the end, nothing may be sent. */
  readonly endedBy: Error | undefined;
  /** The last error of the connection that the call has waited for. */
  connectionError?: Error | undefined;
  /** Registers a function that is called when the call has ended, in any way. */
  whenReleased(onRelease: () => void): void;
}

/** One running call: its deadline, and what is known about its delivery. */
export class CallState extends Deadline implements Delivery {
  isPending = false;
  isReplyLost = false;
  isSent = false;
  awaitsReplicas = false;
  replicas: ReplicaRequirement | undefined;
  /** After this instant of `performance.now()` the script may have forgotten that it ran. */
  resendUntil = Number.POSITIVE_INFINITY;
  /**
   * It makes several calls, whose keys are in one slot. TRYAGAIN then ends it with SplitError, because
   * the server may run each call by itself.
   */
  splits = false;
  /** The last transient error: Redis refused to run anything at that time. */
  refusal: Error | undefined;

  override get endedBy(): Error | undefined {
    const isForgotten = this.isReplyLost && performance.now() >= this.resendUntil;
    return super.endedBy ?? (isForgotten ? new ReplyLostError("too late to send it again") : undefined);
  }
}
